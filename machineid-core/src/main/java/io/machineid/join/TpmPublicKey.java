package io.machineid.join;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Optional;

/** An RSA key that a TPM keeps for decryption, as its public area has it. Immutable. */
final class TpmPublicKey {

  private static final long USUAL_EXPONENT = 65537;

  private final int attributes;
  private final byte[] policy;
  private final byte[] modulus;
  private final long exponent;

  private TpmPublicKey(int attributes, byte[] policy, byte[] modulus, long exponent) {
    this.attributes = attributes;
    this.policy = policy;
    this.modulus = modulus;
    this.exponent = exponent;
  }

  /**
   * Reads {@code TPMT_PUBLIC}.
   *
   * @return the key, or empty where it is of another kind
   * @throws BufferUnderflowException where something is missing
   */
  static Optional<TpmPublicKey> read(byte[] publicArea) {
    TpmReader in = new TpmReader(publicArea);
    if (in.u16() != TpmTemplates.RSA || in.u16() != TpmTemplates.SHA_256) {
      return Optional.empty();
    }
    int attributes = in.u32();
    byte[] policy = in.sized();
    boolean usual =
        in.u16() == TpmTemplates.AES
            && in.u16() == 128
            && in.u16() == TpmTemplates.CFB
            && in.u16() == TpmTemplates.NONE;
    if (!usual) {
      return Optional.empty();
    }
    var bits = in.u16();
    long exponent = Integer.toUnsignedLong(in.u32());
    byte[] modulus = in.sized();
    return Optional.of(
            new TpmPublicKey(
                attributes, policy, modulus, exponent == 0 ? USUAL_EXPONENT : exponent))
        .filter(key -> key.modulus.length * 8 == bits);
  }

  /** Whether it is used as the endorsement key of the usual template is. */
  boolean isEndorsementKey() {
    return attributes == TpmTemplates.ENDORSEMENT_ATTRIBUTES
        && Arrays.equals(policy, TpmTemplates.ENDORSEMENT_POLICY);
  }

  /** Whether a certificate is for it, however that names the kind of key. */
  boolean isIn(byte[] certificate) {
    for (int at = 0; at + modulus.length <= certificate.length; at++) {
      if (Arrays.equals(certificate, at, at + modulus.length, modulus, 0, modulus.length)) {
        return true;
      }
    }
    return false;
  }

  /** PKIX, DER. */
  byte[] encoded() throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePublic(
            new RSAPublicKeySpec(new BigInteger(1, modulus), BigInteger.valueOf(exponent)))
        .getEncoded();
  }
}
