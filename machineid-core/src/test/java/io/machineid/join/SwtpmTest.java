package io.machineid.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.Bot;
import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.testing.SoftwareTpm;
import io.machineid.testing.TpmMaker;
import io.machineid.testkit.TestCluster;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A TPM that nobody here has written: {@code swtpm}; skipped where there is none on the path. */
class SwtpmTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String STARTED = "not-need-init,startup-clear";
  private static final int OWNER = 0x40000001;
  private static final int ENDORSEMENT = 0x4000000b;
  private static final int READ_BY_ITSELF = 0x02060006;
  private static final int READ_BY_OWNER = 0x00020002;

  @TempDir private Path home;

  private static TestCluster cluster(int version, String section) {
    TestCluster teleport = TestCluster.builder().teleportVersion(version).start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: tpm
          tpm:
        %s
        """
            .formatted(section.indent(4)));
    return teleport;
  }

  private static void assertJoins(TestCluster teleport, Swtpm tpm) {
    try (Bot bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.tpm("example-token").source(tpm.source()))
            .start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
    }
  }

  private static PublicKey key(Swtpm tpm) throws Exception {
    return KeyFactory.getInstance("RSA")
        .generatePublic(new X509EncodedKeySpec(tpm.attest().key().orElseThrow()));
  }

  private static String allowing(PublicKey key) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return "allow: [{ek_public_hash: %s}]".formatted(HexFormat.of().formatHex(hash));
  }

  private static void assertFails(Swtpm tpm, boolean retryable, String... words) {
    assertThatThrownBy(tpm::attest)
        .isInstanceOfSatisfying(
            JoinException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EVIDENCE);
              assertThat(e.retryable()).isEqualTo(retryable);
            })
        .hasMessageContainingAll(words);
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void bot_joinsWithAKeyThatIsMadeByTheTemplate_andLeavesNothing(int version) throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      PublicKey key = key(tpm);
      assertThat(key(tpm)).as("the same each time").isEqualTo(key);
      try (TestCluster teleport = cluster(version, allowing(key))) {
        assertJoins(teleport, tpm);
        assertJoins(teleport, tpm);
      }
      assertThat(tpm.leftovers()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {READ_BY_ITSELF, READ_BY_OWNER})
  void bot_joinsWithTheKeyAndTheCertificateOfTheMaker(int attributes) throws Exception {
    TpmMaker maker = new TpmMaker("maker");
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      tpm.keepKey();
      byte[] certificate = maker.certificate(key(tpm), BigInteger.valueOf(0x1234)).getEncoded();
      byte[] withRoom = Arrays.copyOf(certificate, certificate.length + 300);
      Arrays.fill(withRoom, certificate.length, withRoom.length, (byte) 0xff);
      tpm.keepCertificate(withRoom, attributes);
      assertThat(tpm.attest().certificate()).contains(certificate);
      try (TestCluster teleport =
          cluster(
              18,
              "allow: [{ek_certificate_serial: '12:34'}]\nekcert_allowed_cas:\n- |\n"
                  + maker.pem().indent(2))) {
        assertJoins(teleport, tpm);
      }
      assertThat(tpm.leftovers()).isZero();
    }
  }

  @Test
  void certificateForAnotherKey_isTold() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      tpm.keepCertificate(
          new TpmMaker("maker")
              .certificate(SoftwareTpm.newKey().getPublic(), BigInteger.TEN)
              .getEncoded(),
          READ_BY_ITSELF);
      assertFails(tpm, false, "the EK certificate in the TPM", "is for another key");
      assertThat(tpm.leftovers()).isZero();
    }
  }

  @Test
  void certificateThatMayNotBeRead_leavesTheKey() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      tpm.keepCertificate(new byte[100], READ_BY_OWNER);
      tpm.setPassword(OWNER);
      TpmAttestation attestation = tpm.attest();
      assertThat(attestation.certificate()).isEmpty();
      assertThat(attestation.key()).isPresent();
    }
  }

  @Test
  void hierarchyWithAPassword_isTold() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      tpm.setPassword(ENDORSEMENT);
      assertFails(tpm, false, "TPM2_CreatePrimary with code 0x9a2", "has a password");
    }
  }

  @Test
  void tpmThatIsFull_isToldAsPassing_andKeepsWhatIsOfOthers() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      tpm.fill(2);
      assertFails(tpm, true, "0x902", "it has no room for another key", "/dev/tpmrm0");
      assertThat(tpm.leftovers()).isEqualTo(2);
    }
  }

  @Test
  void tpmThatWasNotStartedUp_isTold() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, "not-need-init")) {
      assertFails(tpm, false, "0x100", "it was not started up");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsSealedForAnother_isNotOpened_andLeavesNothing(boolean otherTpm) throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
      rsa.init(
          Cipher.ENCRYPT_MODE,
          otherTpm ? SoftwareTpm.newKey().getPublic() : key(tpm),
          new OAEPParameterSpec(
              "SHA-256",
              "MGF1",
              MGF1ParameterSpec.SHA256,
              new PSource.PSpecified("IDENTITY\0".getBytes(StandardCharsets.US_ASCII))));
      byte[] secret = rsa.doFinal(new byte[32]);
      byte[] blob = new byte[68];
      blob[1] = 32;
      try (TpmSession session = JoinMethod.tpm("any").source(tpm.source()).open()) {
        var unused = session.attestation();
        assertThatThrownBy(() -> session.exposeSolution(blob, secret))
            .isInstanceOf(JoinException.class)
            .hasMessageContainingAll(
                "refused TPM2_ActivateCredential", "what the cluster sealed is not for this TPM");
      }
      assertThat(tpm.leftovers()).isZero();
    }
  }

  @Test
  void interruptedJoin_leavesNothing_andTheNextOneWorks() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      HeldChannel held = new HeldChannel();
      Thread joining =
          new Thread(
              () -> {
                try (TpmSession session =
                    JoinMethod.tpm("any").source(tpm.source(held::over)).open()) {
                  held.outcome(session::attestation);
                }
              });
      joining.start();
      held.awaitReached(SOON);
      joining.interrupt();
      assertThat(held.awaitOutcome(SOON)).hasMessageContaining("interrupted while the evidence");
      held.release();
      joining.join(SOON.toMillis());
      assertThat(joining.isAlive()).isFalse();

      assertThat(tpm.leftovers()).isZero();
      assertThat(tpm.attest().key()).isPresent();
    }
  }

  @Test
  void tpmThatTakesTooLong_isLeft_andCleansUpWhenItHasAnswered() throws Exception {
    try (Swtpm tpm = Swtpm.start(home, STARTED)) {
      HeldChannel held = new HeldChannel();
      try (TpmSession session =
          JoinMethod.tpm("any")
              .source(tpm.source(held::over))
              .patience(Duration.ofSeconds(10))
              .open()) {
        assertThatThrownBy(session::attestation).hasMessageContaining("did not come within 10 s");
      }
      held.awaitReached(SOON);
      assertThat(held.isOpen()).as("nobody waits for it").isTrue();
      held.release();
      assertThat(tpm.leftovers()).isZero();
      assertThat(tpm.attest().key()).isPresent();
    }
  }
}
