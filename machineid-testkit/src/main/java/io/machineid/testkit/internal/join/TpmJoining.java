package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.state.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;

/** One join with a TPM: what it says of itself, what is sealed for it, and the rules. */
public final class TpmJoining {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SOLUTION_BYTES = 32;

  private final ProvisionToken token;
  private final PublicKey endorsementKey;
  private final Optional<X509Certificate> certificate;
  private final byte[] solution = new byte[SOLUTION_BYTES];

  private TpmJoining(
      ProvisionToken token, PublicKey endorsementKey, Optional<X509Certificate> certificate) {
    this.token = token;
    this.endorsementKey = endorsementKey;
    this.certificate = certificate;
    RANDOM.nextBytes(solution);
  }

  /**
   * Looks at what a TPM says of itself.
   *
   * @throws Refusal where it cannot be one, or is of a maker who is not trusted
   */
  public static TpmJoining begin(ProvisionToken token, TpmEvidence evidence, InstantSource clock) {
    Optional<X509Certificate> certificate = certificate(evidence.certificate());
    checkMaker(token, certificate, clock);
    PublicKey key =
        certificate.map(X509Certificate::getPublicKey).orElseGet(() -> key(evidence.key()));
    if (!(key instanceof RSAPublicKey)) {
      throw Refusal.bad("endorsement key is not an RSA key");
    }
    TpmAttestationKey.check(evidence);
    return new TpmJoining(token, key, certificate);
  }

  /** What the TPM has to open. */
  public TpmSeal sealed(TpmEvidence evidence) {
    try {
      return TpmSeal.of(solution, endorsementKey, TpmWords.name(evidence.publicArea()));
    } catch (GeneralSecurityException e) {
      throw Refusal.bad("failed to generate a challenge for the endorsement key");
    }
  }

  /**
   * Looks at what it found.
   *
   * @throws Refusal where that is something else, or the rules say nothing of this TPM
   */
  public void solved(byte[] found) {
    if (!MessageDigest.isEqual(found, solution)) {
      throw Refusal.denied("invalid credential activation solution");
    }
    String hash =
        HexFormat.of().formatHex(TpmWords.digest(ByteString.copyFrom(endorsementKey.getEncoded())));
    String serial = certificate.map(X509Certificate::getSerialNumber).map(this::text).orElse("");
    for (JsonNode rule : token.rules()) {
      if (matches(rule, "ek_public_hash", hash) && matches(rule, "ek_certificate_serial", serial)) {
        return;
      }
    }
    throw Refusal.denied("validated tpm attributes did not match any allow rules");
  }

  private static boolean matches(JsonNode rule, String key, String value) {
    String wanted = rule.path(key).asText();
    return wanted.isEmpty() || wanted.equals(value);
  }

  private String text(BigInteger serial) {
    byte[] bytes = serial.toByteArray();
    int sign = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    return HexFormat.ofDelimiter(":").formatHex(bytes, sign, bytes.length);
  }

  private static Optional<X509Certificate> certificate(ByteString der) {
    if (der.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509").generateCertificate(der.newInput()));
    } catch (GeneralSecurityException e) {
      throw TpmWords.malformed("the EK certificate");
    }
  }

  private static PublicKey key(ByteString der) {
    if (der.isEmpty()) {
      throw Refusal.bad("tpm provided neither an EK certificate nor an EK public key");
    }
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new X509EncodedKeySpec(der.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw TpmWords.malformed("the EK public key");
    }
  }

  private static void checkMaker(
      ProvisionToken token, Optional<X509Certificate> certificate, InstantSource clock) {
    JsonNode makers = token.section().path("ekcert_allowed_cas");
    if (makers.isEmpty()) {
      return;
    }
    X509Certificate shown =
        certificate.orElseThrow(
            () ->
                Refusal.bad(
                    "tpm did not provide an EK certificate to validate against allowed CAs"));
    for (JsonNode maker : makers) {
      if (isOf(TpmRules.certificate(maker.asText()), shown, clock)) {
        return;
      }
    }
    throw Refusal.denied("EK certificate is not signed by any of the allowed CAs");
  }

  private static boolean isOf(
      X509Certificate maker, X509Certificate certificate, InstantSource clock) {
    try {
      certificate.verify(maker.getPublicKey());
      certificate.checkValidity(Date.from(clock.instant()));
      return certificate.getIssuerX500Principal().equals(maker.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
