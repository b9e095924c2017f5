package io.machineid.internal.pki;

import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Teleport's way to name a certificate authority: {@code sha256:} and the hex SHA-256 of its
 * SubjectPublicKeyInfo.
 *
 * @param value the whole pin, lower case
 */
public record CaPin(String value) {

  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  /** Checks the form. */
  public CaPin {
    value = value.toLowerCase(Locale.ROOT);
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a CA pin is `sha256:` and 64 hex digits, as `tctl status` prints it");
    }
  }

  /** The pin of a certificate. */
  public static CaPin of(X509Certificate certificate) {
    byte[] digest = Sha256.digest(certificate.getPublicKey().getEncoded());
    return new CaPin("sha256:" + HexFormat.of().formatHex(digest));
  }

  /** Whether every certificate, and there is one, is named by one of the pins. */
  public static boolean allMatch(List<X509Certificate> certificates, List<CaPin> pins) {
    return !certificates.isEmpty() && certificates.stream().map(CaPin::of).allMatch(pins::contains);
  }
}
