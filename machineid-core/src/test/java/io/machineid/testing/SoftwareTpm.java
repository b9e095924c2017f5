package io.machineid.testing;

import io.machineid.join.Tpm;
import io.machineid.join.TpmAttestation;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** A TPM in Java: its keys, its word for them, and what it opens, by the book. */
public final class SoftwareTpm implements Tpm {

  /** As a restricted signing key has it that stays in its TPM. */
  public static final int GOOD_ATTRIBUTES = 0x00050472;

  private final KeyPair endorsementKey;
  private final Optional<byte[]> certificate;
  private final int attributes;
  private final KeyPair attestationKey = newKey();
  private volatile boolean closed;

  public SoftwareTpm(KeyPair endorsementKey, Optional<byte[]> certificate) {
    this(endorsementKey, certificate, GOOD_ATTRIBUTES);
  }

  public SoftwareTpm(KeyPair endorsementKey, Optional<byte[]> certificate, int attributes) {
    this.endorsementKey = endorsementKey;
    this.certificate = certificate;
    this.attributes = attributes;
  }

  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** As token resources have it. */
  public static String hash(KeyPair key) throws GeneralSecurityException {
    return HexFormat.of().formatHex(sha256(key.getPublic().getEncoded()));
  }

  @Override
  public TpmAttestation attest() throws GeneralSecurityException {
    byte[] area = publicArea();
    byte[] creation = creationData();
    byte[] word =
        joined(
            new byte[] {(byte) 0xff, 'T', 'C', 'G', (byte) 0x80, 0x1a},
            sized(name(area)),
            sized(new byte[0]),
            new byte[17 + 8],
            sized(name(area)),
            sized(sha256(creation)));
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(attestationKey.getPrivate());
    signer.update(word);
    TpmAttestation attestation =
        TpmAttestation.of(
            area, creation, word, joined(shorts(0x0014, 0x000b), sized(signer.sign())));
    return certificate
        .map(attestation::certificate)
        .orElseGet(() -> attestation.key(endorsementKey.getPublic().getEncoded()));
  }

  private byte[] publicArea() {
    BigInteger modulus = ((RSAPublicKey) attestationKey.getPublic()).getModulus();
    byte[] unsigned = modulus.toByteArray();
    return joined(
        shorts(0x0001, 0x000b),
        ByteBuffer.allocate(4).putInt(attributes).array(),
        sized(new byte[0]),
        shorts(0x0010, 0x0014, 0x000b, 2048, 0, 0),
        sized(Arrays.copyOfRange(unsigned, unsigned.length - 256, unsigned.length)));
  }

  /** No PCRs; made at locality 0 in the endorsement hierarchy. */
  private static byte[] creationData() {
    byte[] parent = {0x40, 0, 0, 0x0b};
    return joined(
        new byte[4],
        sized(new byte[0]),
        new byte[] {1},
        shorts(0x0010),
        sized(parent),
        sized(parent),
        sized(new byte[0]));
  }

  @Override
  public byte[] activate(byte[] credentialBlob, byte[] secret) throws GeneralSecurityException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
    rsa.init(
        Cipher.DECRYPT_MODE,
        endorsementKey.getPrivate(),
        new OAEPParameterSpec(
            "SHA-256",
            "MGF1",
            MGF1ParameterSpec.SHA256,
            new PSource.PSpecified("IDENTITY\0".getBytes(StandardCharsets.US_ASCII))));
    byte[] seed = rsa.doFinal(secret);
    byte[] name = name(publicArea());
    byte[] integrity = Arrays.copyOfRange(credentialBlob, 2, 34);
    byte[] hidden = Arrays.copyOfRange(credentialBlob, 34, credentialBlob.length);
    byte[] key = derived(seed, "INTEGRITY", new byte[0], 256);
    if (!MessageDigest.isEqual(integrity, hmac(key, joined(hidden, name)))) {
      throw new GeneralSecurityException("TPM_RC_INTEGRITY");
    }
    Cipher aes = Cipher.getInstance("AES/CFB/NoPadding");
    aes.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(derived(seed, "STORAGE", name, 128), "AES"),
        new IvParameterSpec(new byte[16]));
    byte[] opened = aes.doFinal(hidden);
    return Arrays.copyOfRange(opened, 2, 2 + opened[1]);
  }

  private static byte[] derived(byte[] seed, String label, byte[] context, int bits)
      throws GeneralSecurityException {
    byte[] text = (label + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = joined(shorts(0, 1), text, context, shorts(0, bits));
    return Arrays.copyOf(hmac(seed, all), bits / 8);
  }

  private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(content);
  }

  private static byte[] name(byte[] area) throws GeneralSecurityException {
    return joined(shorts(0x000b), sha256(area));
  }

  private static byte[] sha256(byte[] content) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(content);
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  private static byte[] sized(byte[] content) {
    return joined(shorts(content.length), content);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    closed = true;
  }

  public boolean isClosed() {
    return closed;
  }
}
