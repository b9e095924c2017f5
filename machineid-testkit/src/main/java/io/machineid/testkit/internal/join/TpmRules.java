package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** What a token resource for TPMs has to say. */
final class TpmRules {

  private TpmRules() {}

  static void check(ProvisionToken token) {
    int index = 0;
    for (JsonNode rule : token.rules()) {
      if (rule.path("ek_public_hash").asText().isEmpty()
          && rule.path("ek_certificate_serial").asText().isEmpty()) {
        throw new IllegalArgumentException(
            "spec.tpm: allow[%d]: at least one of ek_public_hash or ek_certificate_serial must be set"
                .formatted(index));
      }
      index++;
    }
    for (JsonNode maker : token.section().path("ekcert_allowed_cas")) {
      var unused = certificate(maker.asText());
    }
  }

  /**
   * A certificate of {@code ekcert_allowed_cas}.
   *
   * @throws IllegalArgumentException where it is none
   */
  static X509Certificate certificate(String pem) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          "spec.tpm: ekcert_allowed_cas: not a certificate in PEM", e);
    }
  }
}
