package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.internal.pki.CaPin;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys, certificates and pins, as {@code openssl} and {@code ssh-keygen} read them. */
class OpenProgramsTest {

  @TempDir Path dir;

  private byte[] run(String... command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).directory(dir.toFile()).start();
    } catch (IOException e) {
      return Assumptions.abort(command[0] + " is not here");
    }
    process.getOutputStream().close();
    byte[] out = process.getInputStream().readAllBytes();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    assertThat(process.exitValue()).as(errors).isZero();
    return out;
  }

  private String text(String... command) throws Exception {
    return new String(run(command), StandardCharsets.UTF_8);
  }

  private void write(String name, String content) throws IOException {
    Path file =
        Files.createFile(
            dir.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
  }

  @ParameterizedTest
  @EnumSource
  void key_hasThePublicHalfThatTheyDerive(KeyAlgorithm algorithm) throws Exception {
    KeyPair pair = algorithm.generate();
    write("key", Pem.privateKey(pair.getPrivate()));

    assertThat(text("ssh-keygen", "-y", "-f", "key").split(" ", -1)[1].strip())
        .isEqualTo(SshKeys.authorizedKey(pair.getPublic()).strip().split(" ", -1)[1]);
    assertThat(run("openssl", "pkey", "-in", "key", "-pubout", "-outform", "der"))
        .isEqualTo(pair.getPublic().getEncoded());
  }

  @ParameterizedTest
  @CsvSource({
    "16,legacy,rsa-sha2-512,ECDSA-CERT",
    "17,legacy,rsa-sha2-512,RSA-CERT",
    "17,balanced-v1,ssh-ed25519,ECDSA-CERT",
    "18,fips-v1,ecdsa-sha2-nistp256,ECDSA-CERT",
    "18,hsm-v1,ecdsa-sha2-nistp256,ECDSA-CERT",
  })
  void certificates_ofEachSuite_areRead(int version, String suite, String signed, String kind)
      throws Exception {
    try (TestCluster teleport =
            TestCluster.builder().teleportVersion(version).signatureAlgorithmSuite(suite).start();
        Bot bot =
            Bot.builder()
                .proxy(teleport.proxyAddress())
                .webRoots(List.of(teleport.webAuthority()))
                .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
                .start(Duration.ofSeconds(60))) {
      teleport.createFullAccessRole("example-role");
      Credential credential = bot.credential(CredentialRequest.forRoles("example-role")).current();
      write("cert.pub", credential.sshCertificate() + "\n");
      write("leaf.pem", Pem.certificate(credential.certificate()));
      write("user.pem", Pem.certificates(credential.userAuthorities()));
      write("host.pem", Pem.certificate(credential.hostAuthorities().get(0)));

      assertThat(text("ssh-keygen", "-L", "-f", "cert.pub"))
          .contains(kind + " SHA256:")
          .contains("(using " + signed + ")")
          .contains("Key ID: \"bot-example\"")
          .contains("-teleport-internal-join");
      assertThat(text("openssl", "verify", "-purpose", "any", "-CAfile", "user.pem", "leaf.pem"))
          .isEqualTo("leaf.pem: OK\n");
      write("spki.pem", text("openssl", "x509", "-in", "host.pem", "-noout", "-pubkey"));
      byte[] der = run("openssl", "pkey", "-pubin", "-in", "spki.pem", "-outform", "der");
      assertThat(CaPin.of(credential.hostAuthorities().get(0)).value())
          .isEqualTo(
              "sha256:"
                  + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der)));
    }
  }
}
