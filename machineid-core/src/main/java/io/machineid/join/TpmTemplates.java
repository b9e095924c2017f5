package io.machineid.join;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The kinds of the two keys: {@code TPMT_PUBLIC} as it is given to a TPM that makes them. */
final class TpmTemplates {

  static final int RSA = 0x0001;
  static final int NONE = 0x0010;
  static final int SHA_256 = 0x000b;
  static final int AES = 0x0006;
  static final int CFB = 0x0043;
  static final int RSASSA = 0x0014;
  static final int KEY_BITS = 2048;

  /** Whoever may use the endorsement hierarchy may use the key: {@code PolicySecret}. */
  static final byte[] ENDORSEMENT_POLICY =
      HexFormat.of().parseHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");

  /**
   * Fixed to the TPM and its parent, made by the TPM, used by policy, restricted, for decryption.
   */
  static final int ENDORSEMENT_ATTRIBUTES = 0x000300b2;

  /**
   * Fixed to the TPM and its parent, made by the TPM, used with its (empty) password, free of the
   * protection against guessing that, restricted, for signatures.
   */
  private static final int ATTESTATION_ATTRIBUTES = 0x00050472;

  private static final byte[] NO_POLICY = {};

  private TpmTemplates() {}

  /** The RSA key of TCG's EK Credential Profile (template L-1), which comes out the same always. */
  static byte[] endorsementKey() {
    return rsa(
        ENDORSEMENT_ATTRIBUTES,
        ENDORSEMENT_POLICY,
        shorts(AES, 128, CFB, NONE),
        new byte[KEY_BITS / 8]);
  }

  /** An RSA key for RSASSA with SHA-256. */
  static byte[] attestationKey() {
    return rsa(ATTESTATION_ATTRIBUTES, NO_POLICY, shorts(NONE, RSASSA, SHA_256), new byte[0]);
  }

  private static byte[] rsa(
      int attributes, byte[] policy, byte[] symmetricAndScheme, byte[] unique) {
    return ByteBuffer.allocate(18 + policy.length + symmetricAndScheme.length + unique.length)
        .put(shorts(RSA, SHA_256))
        .putInt(attributes)
        .putShort((short) policy.length)
        .put(policy)
        .put(symmetricAndScheme)
        .putShort((short) KEY_BITS)
        .putInt(0) // the usual exponent
        .putShort((short) unique.length)
        .put(unique)
        .array();
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }
}
