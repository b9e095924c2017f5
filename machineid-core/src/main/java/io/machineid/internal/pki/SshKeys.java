package io.machineid.internal.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/**
 * Public keys in SSH's form (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4), which is how Teleport
 * takes them.
 */
public final class SshKeys {

  private static final int P256_COORDINATE_BYTES = 32;
  private static final int ED25519_BYTES = 32;

  private SshKeys() {}

  /** One {@code authorized_keys} line, with the newline that Teleport's own clients send. */
  public static String authorizedKey(PublicKey key) {
    return line(blob(key)) + "\n";
  }

  /**
   * A key, or a certificate, as the line of an {@code authorized_keys} file, without the newline.
   *
   * @param blob SSH's encoding
   * @throws IllegalArgumentException when it is none
   */
  public static String line(byte[] blob) {
    ByteBuffer encoded = ByteBuffer.wrap(blob);
    int typeLength = blob.length < Integer.BYTES ? -1 : encoded.getInt();
    if (typeLength <= 0 || typeLength > encoded.remaining()) {
      throw new IllegalArgumentException("it is no SSH key or certificate");
    }
    String type = new String(blob, Integer.BYTES, typeLength, StandardCharsets.US_ASCII);
    return type + " " + Base64.getEncoder().encodeToString(blob);
  }

  /** SSH's encoding of a key. */
  public static byte[] blob(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return new Wire()
          .text("ssh-rsa")
          .bytes(rsa.getPublicExponent().toByteArray())
          .bytes(rsa.getModulus().toByteArray())
          .done();
    }
    if (key instanceof ECPublicKey ec) {
      return new Wire().text("ecdsa-sha2-nistp256").text("nistp256").bytes(point(ec)).done();
    }
    if (key instanceof EdECPublicKey edwards && edwards.getParams().getName().equals("Ed25519")) {
      byte[] info = key.getEncoded();
      return new Wire()
          .text("ssh-ed25519")
          .bytes(Arrays.copyOfRange(info, info.length - ED25519_BYTES, info.length))
          .done();
    }
    throw new IllegalArgumentException("no SSH form for keys of type " + key.getAlgorithm());
  }

  /** The uncompressed point of SEC 1 §2.3.3. */
  private static byte[] point(ECPublicKey key) {
    if (key.getParams().getCurve().getField().getFieldSize() != P256_COORDINATE_BYTES * 8) {
      throw new IllegalArgumentException("only the curve P-256 is supported");
    }
    ByteBuffer point = ByteBuffer.allocate(1 + 2 * P256_COORDINATE_BYTES).put((byte) 4);
    point.put(fixed(key.getW().getAffineX())).put(fixed(key.getW().getAffineY()));
    return point.array();
  }

  private static byte[] fixed(BigInteger coordinate) {
    byte[] signed = coordinate.toByteArray();
    byte[] result = new byte[P256_COORDINATE_BYTES];
    int length = Math.min(signed.length, result.length);
    System.arraycopy(signed, signed.length - length, result, result.length - length, length);
    return result;
  }

  /** Fields with a length in front of each. */
  private static final class Wire {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Wire text(String value) {
      return bytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    Wire bytes(byte[] value) {
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
      out.writeBytes(value);
      return this;
    }

    byte[] done() {
      return out.toByteArray();
    }
  }
}
