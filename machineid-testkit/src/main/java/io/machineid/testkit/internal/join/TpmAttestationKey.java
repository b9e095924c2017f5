package io.machineid.testkit.internal.join;

import io.machineid.testkit.internal.state.Refusal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;

/** Whether an attestation key is one: kept by a TPM, made by it, and for its own words alone. */
final class TpmAttestationKey {

  private static final int RSA = 0x0001;
  private static final int NONE = 0x0010;
  private static final int RSASSA = 0x0014;
  private static final int MADE_BY_A_TPM = 0xff544347;
  private static final int CREATION = 0x801a;
  private static final int CLOCK_AND_FIRMWARE_BYTES = 17 + 8;
  private static final int SMALLEST_BITS = 2048;

  private static final int FIXED_TPM = 1 << 1;
  private static final int FIXED_PARENT = 1 << 4;
  private static final int SENSITIVE_DATA_ORIGIN = 1 << 5;
  private static final int RESTRICTED = 1 << 16;
  private static final int DECRYPT = 1 << 17;
  private static final int SIGN = 1 << 18;

  private TpmAttestationKey() {}

  /**
   * Checks.
   *
   * @throws Refusal where it is none
   */
  static void check(TpmEvidence evidence) {
    PublicKey key = key(evidence);
    checkCreation(evidence);
    checkSignature(evidence, key);
  }

  private static PublicKey key(TpmEvidence evidence) {
    try {
      TpmWords in = new TpmWords(evidence.publicArea());
      if (in.u16() != RSA || in.u16() != TpmWords.SHA_256) {
        throw Refusal.bad("attestation key is not an RSA key named by SHA-256");
      }
      checkAttributes(in.u32());
      var policy = in.sized();
      if (policy.length > 0 || in.u16() != NONE) {
        throw Refusal.bad("attestation key is not one for signatures");
      }
      if (in.u16() != RSASSA || in.u16() != TpmWords.SHA_256 || in.u16() < SMALLEST_BITS) {
        throw Refusal.bad("attestation key is not one for RSASSA with SHA-256");
      }
      int exponent = in.u32();
      BigInteger modulus = new BigInteger(1, in.sized());
      in.end();
      return KeyFactory.getInstance("RSA")
          .generatePublic(
              new RSAPublicKeySpec(modulus, BigInteger.valueOf(exponent == 0 ? 65537 : exponent)));
    } catch (BufferUnderflowException | GeneralSecurityException e) {
      throw TpmWords.malformed("the public area of the attestation key");
    }
  }

  private static void checkAttributes(int attributes) {
    if ((attributes & FIXED_TPM) == 0 || (attributes & FIXED_PARENT) == 0) {
      throw Refusal.bad("attestation key is exportable");
    }
    if ((attributes & SENSITIVE_DATA_ORIGIN) == 0) {
      throw Refusal.bad("attestation key was not made by the TPM");
    }
    if ((attributes & RESTRICTED) == 0 || (attributes & SIGN) == 0 || (attributes & DECRYPT) != 0) {
      throw Refusal.bad("attestation key is not a restricted signing key");
    }
  }

  private static void checkCreation(TpmEvidence evidence) {
    try {
      TpmWords in = new TpmWords(evidence.attestation());
      if (in.u32() != MADE_BY_A_TPM) {
        throw Refusal.bad("creation attestation was not produced by a TPM");
      }
      if (in.u16() != CREATION) {
        throw Refusal.bad("attestation does not apply to creation data");
      }
      in.skip(in.u16()); // who signed
      in.skip(in.u16()); // extra data
      byte[] name = in.skip(CLOCK_AND_FIRMWARE_BYTES).sized();
      byte[] creation = in.sized();
      in.end();
      if (!Arrays.equals(name, TpmWords.name(evidence.publicArea()))) {
        throw Refusal.bad("creation attestation is not for the attestation key");
      }
      if (!Arrays.equals(creation, TpmWords.digest(evidence.creationData()))) {
        throw Refusal.bad("attestation refers to different creation data");
      }
    } catch (BufferUnderflowException e) {
      throw TpmWords.malformed("the creation attestation");
    }
  }

  private static void checkSignature(TpmEvidence evidence, PublicKey key) {
    try {
      TpmWords in = new TpmWords(evidence.signature());
      if (in.u16() != RSASSA || in.u16() != TpmWords.SHA_256) {
        throw Refusal.bad("creation attestation is not signed by RSASSA with SHA-256");
      }
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(key);
      verifier.update(evidence.attestation().toByteArray());
      if (!verifier.verify(in.sized())) {
        throw Refusal.bad("could not verify the signature of the creation attestation");
      }
      in.end();
    } catch (BufferUnderflowException | GeneralSecurityException e) {
      throw TpmWords.malformed("the signature of the creation attestation");
    }
  }
}
