package io.machineid.testkit.internal.pki;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** A public key in its SSH and its Java form. Immutable. */
public final class SshKey {

  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "ssh-rsa", "RSA",
          "ecdsa-sha2-nistp256", "EC",
          "ecdsa-sha2-nistp384", "EC",
          "ecdsa-sha2-nistp521", "EC",
          "ssh-ed25519", "Ed25519");

  private final String type;
  private final byte[] blob;
  private final PublicKey publicKey;

  private SshKey(String type, byte[] blob, PublicKey publicKey) {
    this.type = type;
    this.blob = blob;
    this.publicKey = publicKey;
  }

  /**
   * Reads one line of an authorized_keys file.
   *
   * @throws IllegalArgumentException where there is no key that we know
   */
  public static SshKey parse(String line) {
    String[] words = line.strip().split("\\s+", 3);
    String algorithm = ALGORITHMS.get(words[0]);
    if (algorithm == null || words.length < 2) {
      throw new IllegalArgumentException("ssh: no key found");
    }
    try {
      byte[] blob = Base64.getDecoder().decode(words[1]);
      AsymmetricKeyParameter parameters = OpenSSHPublicKeyUtil.parsePublicKey(blob);
      byte[] encoded =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(parameters).getEncoded();
      PublicKey key =
          KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
      return new SshKey(words[0], blob, key);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("ssh: no key found", e);
    }
  }

  /** The SSH form of a key. */
  static SshKey of(PublicKey key) {
    try {
      byte[] blob =
          OpenSSHPublicKeyUtil.encodePublicKey(
              PublicKeyFactory.createKey(SubjectPublicKeyInfo.getInstance(key.getEncoded())));
      return new SshKey(typeOf(blob), blob, key);
    } catch (IOException e) {
      throw new IllegalStateException("a key without an SSH form", e);
    }
  }

  /** SSH's name of the algorithm. */
  String type() {
    return type;
  }

  /** SSH's encoding. */
  byte[] blob() {
    return blob.clone();
  }

  /** The key in Java's form. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** The line of an authorized_keys file, with a newline. */
  public String line() {
    return type + " " + Base64.getEncoder().encodeToString(blob) + "\n";
  }

  private static String typeOf(byte[] blob) {
    ByteBuffer buffer = ByteBuffer.wrap(blob);
    byte[] name = new byte[buffer.getInt()];
    buffer.get(name);
    return new String(name, StandardCharsets.US_ASCII);
  }

  /** What follows the algorithm's name in the encoding. */
  byte[] parameters() {
    int skip = Integer.BYTES + type.getBytes(StandardCharsets.US_ASCII).length;
    return Arrays.copyOfRange(blob, skip, blob.length);
  }
}
