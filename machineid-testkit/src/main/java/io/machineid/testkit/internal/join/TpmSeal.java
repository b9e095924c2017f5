package io.machineid.testkit.internal.join;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a secret so that only the TPM opens it that holds both keys: {@code TPM2_MakeCredential}
 * for an RSA endorsement key with SHA-256 and AES-128.
 *
 * @param credentialBlob the sealed secret, with its size before it
 * @param secret the encrypted seed of the keys for that, with its size before it
 */
public record TpmSeal(ByteString credentialBlob, ByteString secret) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SEED_BYTES = 32;
  private static final int AES_BITS = 128;
  private static final int HMAC_BITS = 256;

  /**
   * Seals.
   *
   * @param content the secret
   * @param endorsementKey an RSA key
   * @param name of the attestation key
   */
  static TpmSeal of(byte[] content, PublicKey endorsementKey, byte[] name)
      throws GeneralSecurityException {
    byte[] seed = new byte[SEED_BYTES];
    RANDOM.nextBytes(seed);
    Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
    rsa.init(
        Cipher.ENCRYPT_MODE,
        endorsementKey,
        new OAEPParameterSpec(
            "SHA-256",
            "MGF1",
            MGF1ParameterSpec.SHA256,
            new PSource.PSpecified("IDENTITY\0".getBytes(StandardCharsets.US_ASCII))));
    Cipher aes = Cipher.getInstance("AES/CFB/NoPadding");
    aes.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(derived(seed, "STORAGE", name, AES_BITS), "AES"),
        new IvParameterSpec(new byte[AES_BITS / 8]));
    byte[] hidden = aes.doFinal(TpmWords.sized(content));
    byte[] integrity =
        hmac(derived(seed, "INTEGRITY", new byte[0], HMAC_BITS), TpmWords.joined(hidden, name));
    return new TpmSeal(
        ByteString.copyFrom(TpmWords.sized(TpmWords.joined(TpmWords.sized(integrity), hidden))),
        ByteString.copyFrom(TpmWords.sized(rsa.doFinal(seed))));
  }

  /** {@code KDFa} with SHA-256, of one block. */
  private static byte[] derived(byte[] seed, String label, byte[] context, int bits)
      throws GeneralSecurityException {
    byte[] counter = {0, 0, 0, 1};
    byte[] length = ByteBuffer.allocate(4).putInt(bits).array();
    byte[] text = (label + "\0").getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(hmac(seed, TpmWords.joined(counter, text, context, length)), bits / 8);
  }

  private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(content);
  }
}
