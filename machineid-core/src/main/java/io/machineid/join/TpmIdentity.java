package io.machineid.join;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Certificate;

/** What token resources know a TPM by. */
final class TpmIdentity {

  private static final HexFormat SERIAL = HexFormat.ofDelimiter(":");

  private TpmIdentity() {}

  /** The keys of an allow rule with their values, as far as they can be told. */
  static String describe(TpmAttestation attestation) {
    return attestation
        .certificate()
        .map(der -> ofCertificate(der, attestation.key()))
        .or(() -> attestation.key().map(TpmIdentity::ofKey))
        .orElse("no endorsement key");
  }

  private static String ofKey(byte[] pkix) {
    return "ek_public_hash " + hash(pkix);
  }

  /** Makers may name the kind of the key in their own way, which is another hash. */
  private static String ofCertificate(byte[] der, Optional<byte[]> key) {
    try {
      Certificate certificate = Certificate.getInstance(der);
      byte[] serial = certificate.getSerialNumber().getValue().toByteArray();
      int sign = serial.length > 1 && serial[0] == 0 ? 1 : 0;
      byte[] named = certificate.getSubjectPublicKeyInfo().getEncoded();
      return "%s, ek_certificate_serial %s"
          .formatted(ofKey(key.orElse(named)), SERIAL.formatHex(serial, sign, serial.length));
    } catch (IOException | IllegalArgumentException e) {
      return key.map(pkix -> ofKey(pkix) + ", ").orElse("")
          + "an EK certificate that cannot be read";
    }
  }

  private static String hash(byte[] pkix) {
    return HexFormat.of().formatHex(Sha256.digest(pkix));
  }
}
