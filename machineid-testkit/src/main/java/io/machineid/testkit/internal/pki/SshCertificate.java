package io.machineid.testkit.internal.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Writes SSH certificates as OpenSSH's PROTOCOL.certkeys has them. */
final class SshCertificate {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 32;
  static final int USER = 1;
  static final int HOST = 2;
  private static final String SUFFIX = "-cert-v01@openssh.com";

  private SshCertificate() {}

  /**
   * What a certificate says.
   *
   * @param keyId who it is
   * @param principals logins
   * @param notBefore from when
   * @param notAfter until when
   * @param extensions by name; an empty value is a flag
   */
  record Content(
      String keyId,
      List<String> principals,
      Instant notBefore,
      Instant notAfter,
      SortedMap<String, String> extensions) {}

  /** A line as authorized_keys files have it, signed by an authority's key. */
  static String sign(int kind, SshKey subject, Content content, KeyPair authority) {
    String type = subject.type() + SUFFIX;
    Writer writer = new Writer();
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    writer.text(type).string(nonce).raw(subject.parameters()).number(0).count(kind);
    writer.text(content.keyId()).string(principals(content.principals()));
    writer.number(content.notBefore().getEpochSecond()).number(content.notAfter().getEpochSecond());
    writer.text("").string(extensions(content.extensions())).text("");
    writer.string(SshKey.of(authority.getPublic()).blob());
    byte[] signature = signature(writer.bytes(), authority);
    return type + " " + Base64.getEncoder().encodeToString(writer.string(signature).bytes()) + "\n";
  }

  private static byte[] principals(List<String> principals) {
    Writer writer = new Writer();
    principals.forEach(writer::text);
    return writer.bytes();
  }

  private static byte[] extensions(Map<String, String> extensions) {
    Writer writer = new Writer();
    extensions.forEach(
        (name, value) ->
            writer
                .text(name)
                .string(value.isEmpty() ? new byte[0] : new Writer().text(value).bytes()));
    return writer.bytes();
  }

  private static byte[] signature(byte[] content, KeyPair authority) {
    return switch (authority.getPrivate().getAlgorithm()) {
      case "RSA" ->
          new Writer()
              .text("rsa-sha2-512")
              .string(signed("SHA512withRSA", content, authority))
              .bytes();
      case "EC" -> {
        // the two numbers of RFC 5656, each of which may need a leading zero
        byte[] plain = signed("SHA256withECDSAinP1363Format", content, authority);
        int half = plain.length / 2;
        byte[] numbers =
            new Writer()
                .string(new BigInteger(1, plain, 0, half).toByteArray())
                .string(new BigInteger(1, plain, half, half).toByteArray())
                .bytes();
        yield new Writer().text("ecdsa-sha2-nistp256").string(numbers).bytes();
      }
      default ->
          new Writer().text("ssh-ed25519").string(signed("Ed25519", content, authority)).bytes();
    };
  }

  private static byte[] signed(String algorithm, byte[] content, KeyPair authority) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(authority.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign an SSH certificate", e);
    }
  }

  /** SSH's data types. */
  private static final class Writer {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Writer count(int value) {
      return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    Writer number(long value) {
      return raw(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    Writer string(byte[] bytes) {
      return count(bytes.length).raw(bytes);
    }

    Writer text(String text) {
      return string(text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
