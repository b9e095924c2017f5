package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.CertificateAuthorities;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.KubernetesEndpoint;
import io.machineid.destination.FileSet;
import io.machineid.internal.pki.Pem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesOutputTest {

  private final PrivateKey key = newKey();
  private final FileSet files = files();

  private FileSet files() {
    Credential credential =
        new Credential(
            1,
            Golden.certificate(Golden.text("static/tlscert")),
            key,
            List.of(Golden.certificate(Golden.text("static/teleport-host-ca.crt"))),
            List.of(),
            Golden.text("static/key-cert.pub").strip(),
            List.of(sshHostAuthority() + " comment"));
    CertificateAuthorities authorities =
        new CertificateAuthorities(
            List.of(Golden.certificate(Golden.text("static/teleport-host-ca.crt"))),
            List.of(Golden.certificate(Golden.text("static/teleport-user-ca.crt"))),
            List.of(Golden.certificate(Golden.text("static/teleport-database-ca.crt"))),
            List.of(),
            List.of());
    KubernetesEndpoint endpoint =
        new KubernetesEndpoint(
            URI.create("https://teleport.localtest:3080"),
            Optional.of("kube-teleport-proxy-alpn.teleport.localtest"));
    Kubeconfig kubeconfig =
        Kubeconfig.of("real.example", "example-k8s-cluster", endpoint, credential);
    return KubernetesOutput.files("real.example", credential, authorities, kubeconfig);
  }

  private static PrivateKey newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair().getPrivate();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sshHostAuthority() {
    String line =
        Golden.text("static/identity")
            .lines()
            .filter(text -> text.startsWith("@cert-authority"))
            .findFirst()
            .orElseThrow();
    String[] fields = line.split(" ");
    return fields[2] + " " + fields[3];
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "identity",
        "key",
        "key.pub",
        "key-cert.pub",
        "tlscert",
        "teleport-host-ca.crt",
        "teleport-user-ca.crt",
        "teleport-database-ca.crt"
      })
  void files_goldenCredential_equalTbotsExceptForTheKey(String name) {
    String text = new String(files.content(name), StandardCharsets.UTF_8);

    assertThat(text.replace(Pem.privateKey(key), Golden.text("static/key")))
        .isEqualTo(Golden.text("static/" + name));
  }

  @Test
  void files_order_endsWithWhatReadersOpen() {
    assertThat(files.names()).hasSize(9).endsWith("identity", "kubeconfig.yaml");
  }

  @Test
  void execCredential_identityFileThatWeWrote_isTheCredential() {
    String identity = new String(files.content("identity"), StandardCharsets.UTF_8);
    Instant now = Instant.parse("2026-11-22T22:30:00Z");

    assertThat(ExecCredential.ofIdentityFile(identity, now).toJson())
        .isEqualTo(
            ExecCredential.of(Golden.certificate(Golden.text("static/tlscert")), key, now)
                .toJson());
  }

  @Test
  void execCredential_goldenIdentityFile_printsWhatTbotPrinted() {
    Instant now = Instant.parse("2026-11-22T23:00:57Z").minus(Duration.ofMinutes(30));

    assertThat(ExecCredential.ofIdentityFile(Golden.text("exec/identity"), now).toJson())
        .isEqualTo(Golden.text("kube-credentials.stdout.json").strip());
  }

  @Test
  void execCredential_blocksInAnotherOrder_isTheSame() {
    String identity = Golden.text("exec/identity");
    int ca = identity.indexOf("@cert-authority");
    Instant now = Instant.EPOCH;

    assertThat(
            ExecCredential.ofIdentityFile(identity.substring(ca) + identity.substring(0, ca), now)
                .toJson())
        .isEqualTo(ExecCredential.ofIdentityFile(identity, now).toJson());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"})
  void execCredential_notAnIdentityFile_isRefused(String text) {
    assertThatThrownBy(() -> ExecCredential.ofIdentityFile(text, Instant.EPOCH))
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("there is no private key in it");
  }

  @Test
  void execCredential_keyWithoutCertificate_isRefused() {
    String identity = Golden.text("exec/identity");
    String keyOnly = identity.substring(0, identity.indexOf("ssh-rsa-cert"));

    assertThatThrownBy(() -> ExecCredential.ofIdentityFile(keyOnly, Instant.EPOCH))
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("there is no client certificate in it");
  }
}
