package io.machineid.join;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bouncycastle.asn1.x509.Certificate;

/** What token resources know a TPM by. */
final class TpmIdentity {

  private static final HexFormat SERIAL = HexFormat.ofDelimiter(":");

  private TpmIdentity() {}

  /** The keys of an allow rule with their values, as far as they can be told. */
  static String describe(TpmAttestation attestation) {
    return attestation
        .certificate()
        .map(TpmIdentity::ofCertificate)
        .or(() -> attestation.key().map(key -> "ek_public_hash " + hash(key)))
        .orElse("no endorsement key");
  }

  private static String ofCertificate(byte[] der) {
    try {
      Certificate certificate = Certificate.getInstance(der);
      byte[] serial = certificate.getSerialNumber().getValue().toByteArray();
      int sign = serial.length > 1 && serial[0] == 0 ? 1 : 0;
      return "ek_public_hash %s, ek_certificate_serial %s"
          .formatted(
              hash(certificate.getSubjectPublicKeyInfo().getEncoded()),
              SERIAL.formatHex(serial, sign, serial.length));
    } catch (IOException | IllegalArgumentException e) {
      return "an EK certificate that cannot be read";
    }
  }

  private static String hash(byte[] pkix) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pkix));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
