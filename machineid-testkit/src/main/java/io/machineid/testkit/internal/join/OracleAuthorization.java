package io.machineid.testkit.internal.join;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Authorization} of a request to Oracle Cloud.
 *
 * @param keyId what the key is known by
 * @param signed the headers that are signed, in their order
 * @param signature the signature
 */
record OracleAuthorization(String keyId, List<String> signed, String signature) {

  static final String TARGET = "(request-target)";

  private static final Pattern FORM =
      Pattern.compile(
          "Signature version=\"1\",keyId=\"([^\"]+)\",algorithm=\"rsa-sha256\",headers=\"([^\"]+)\",signature=\"([^\"]+)\"");

  static Optional<OracleAuthorization> parse(String header) {
    Matcher parts = FORM.matcher(header);
    return parts.matches()
        ? Optional.of(
            new OracleAuthorization(
                parts.group(1), List.of(parts.group(2).split(" ", -1)), parts.group(3)))
        : Optional.empty();
  }

  /**
   * Whether a request is the one that was signed.
   *
   * @param target method in small letters, a space, and the path
   * @param headers by lower-case names
   */
  boolean isOf(PublicKey key, String target, Map<String, String> headers) {
    StringBuilder text = new StringBuilder();
    for (String name : signed) {
      @Nullable String value = name.equals(TARGET) ? target : headers.get(name);
      if (value == null) {
        return false;
      }
      text.append(text.isEmpty() ? "" : "\n").append(name).append(": ").append(value);
    }
    try {
      Signature check = Signature.getInstance("SHA256withRSA");
      check.initVerify(key);
      check.update(text.toString().getBytes(StandardCharsets.UTF_8));
      return check.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "OracleAuthorization[…]";
  }
}
