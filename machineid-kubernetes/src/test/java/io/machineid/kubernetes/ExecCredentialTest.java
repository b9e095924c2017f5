package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.internal.pki.Pem;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecCredentialTest {

  private static final String GOLDEN = Golden.text("kube-credentials.stdout.json").strip();
  private static final String PLACEHOLDER =
      "-----BEGIN RSA PRIVATE KEY-----\\n[private key removed]\\n-----END RSA PRIVATE KEY-----\\n";

  private final X509Certificate certificate = Golden.certificate(pemOf(GOLDEN));
  private final Instant end = certificate.getNotAfter().toInstant();
  private PrivateKey key;

  @BeforeEach
  void makeKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    key = generator.generateKeyPair().getPrivate();
  }

  @Test
  void json_goldenCertificate_equalsTbotsExceptForTheKey() {
    String json = ExecCredential.of(certificate, key, end.minus(Duration.ofMinutes(30))).toJson();

    assertThat(json.replace(Pem.privateKey(key).replace("\n", "\\n"), PLACEHOLDER))
        .isEqualTo(GOLDEN);
  }

  @Test
  void expiration_moreThanAMinuteLeft_isAMinuteEarly() {
    assertThat(expirationAt(end.minusSeconds(61))).isEqualTo(end.minusSeconds(60));
  }

  @Test
  void expiration_aMinuteOrLessLeft_isTheEnd() {
    assertThat(expirationAt(end.minusSeconds(60))).isEqualTo(end);
    assertThat(expirationAt(end.plusSeconds(60))).isEqualTo(end);
  }

  @Test
  void toString_holdsNoKey() {
    assertThat(ExecCredential.of(certificate, key, end))
        .hasToString("ExecCredential[expirationTimestamp=2026-11-22T23:00:57Z]");
  }

  private Instant expirationAt(Instant now) {
    return ExecCredential.of(certificate, key, now).expirationTimestamp();
  }

  private static String pemOf(String json) {
    int from = json.indexOf("-----BEGIN CERTIFICATE");
    int to = json.indexOf("-----END CERTIFICATE-----") + "-----END CERTIFICATE-----".length();
    return json.substring(from, to).replace("\\n", "\n");
  }
}
