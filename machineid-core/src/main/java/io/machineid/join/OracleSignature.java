package io.machineid.join;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Signs requests to Oracle Cloud (version 1 of its request signatures, after
 * draft-cavage-http-signatures-08), and challenges.
 *
 * @param keyId what Oracle knows the key by; holds a secret where that is a security token
 * @param key an RSA key
 */
record OracleSignature(String keyId, PrivateKey key) {

  /** What is signed of a request in the place of a header. */
  static final String TARGET = "(request-target)";

  private static final int SALT_BYTES = 32;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** A time as the header {@code Date} has it. */
  static String date(Instant time) {
    return DATE.format(time);
  }

  /** The value of the header {@code x-content-sha256}. */
  static String digest(String body) {
    return Base64.getEncoder().encodeToString(Sha256.digest(body));
  }

  /**
   * The value of the header {@code Authorization}.
   *
   * @param signed what is signed, in that order: headers by lower-case names, and {@link #TARGET}
   */
  String authorization(Map<String, String> signed) {
    List<String> lines = new ArrayList<>();
    signed.forEach((name, value) -> lines.add(name + ": " + value));
    return "Signature version=\"1\",keyId=\"%s\",algorithm=\"rsa-sha256\",headers=\"%s\",signature=\"%s\""
        .formatted(
            keyId,
            String.join(" ", signed.keySet()),
            Base64.getEncoder().encodeToString(sign(String.join("\n", lines))));
  }

  private byte[] sign(String text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw unusable();
    }
  }

  /** RSA-PSS with SHA-256 and a salt as long as the hash. */
  static byte[] pss(PrivateKey key, String text) {
    try {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec(
              "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT_BYTES, /* trailerField= */ 1));
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw unusable();
    }
  }

  private static RuntimeException unusable() {
    return Evidence.lasting(
        OracleJoin.NAME, "the key of the instance cannot sign: it is no RSA key");
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "OracleSignature[…]";
  }
}
