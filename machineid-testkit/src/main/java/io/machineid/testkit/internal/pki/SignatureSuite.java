package io.machineid.testkit.internal.pki;

import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which kinds of keys a cluster's authorities have, and which it wants of clients. */
public enum SignatureSuite {
  /** RSA everywhere, as all clusters had it before version 17. */
  LEGACY(1),
  /** ECDSA for TLS, Ed25519 for SSH. */
  BALANCED_V1(2),
  /** What FIPS 186-5 approves of and libraries of the time have. */
  FIPS_V1(3),
  /** What hardware security modules have. */
  HSM_V1(4);

  private final int number;

  SignatureSuite(int number) {
    this.number = number;
  }

  /**
   * By its text form.
   *
   * @throws IllegalArgumentException where there is no such suite
   */
  public static SignatureSuite of(String text) {
    return Arrays.stream(values())
        .filter(each -> each.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no signature algorithm suite %s, but %s"
                        .formatted(
                            text,
                            List.of(values()).stream()
                                .map(SignatureSuite::text)
                                .collect(Collectors.joining(", ")))));
  }

  /** As configuration has it, such as {@code balanced-v1}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }

  /** A new key of an authority for TLS; those of databases stay with RSA. */
  KeyPair newTlsKey(AuthorityType type) {
    return this == LEGACY || type == AuthorityType.DB ? RsaKeys.next() : Keys.ec();
  }

  /** A new key of an authority for SSH. */
  KeyPair newSshKey() {
    return switch (this) {
      case LEGACY -> RsaKeys.next();
      case BALANCED_V1 -> Keys.ed25519();
      case FIPS_V1, HSM_V1 -> Keys.ec();
    };
  }
}
