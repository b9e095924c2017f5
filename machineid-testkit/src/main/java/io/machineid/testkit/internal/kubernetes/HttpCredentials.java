package io.machineid.testkit.internal.kubernetes;

import java.util.Optional;

/**
 * How to reach a Kubernetes API as somebody who may impersonate others.
 *
 * @param authority PEM certificates to trust; empty for those of this JVM
 * @param token a bearer token
 * @param certificate a PEM client certificate, with its chain
 * @param key its PEM private key
 */
public record HttpCredentials(
    String authority, Optional<String> token, Optional<String> certificate, Optional<String> key) {

  /** Checks. */
  public HttpCredentials {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a client certificate and its key go together");
    }
  }

  /** Nobody in particular. */
  public static HttpCredentials anonymous(String authority) {
    return new HttpCredentials(authority, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** With a bearer token. */
  public static HttpCredentials token(String authority, String token) {
    return new HttpCredentials(authority, Optional.of(token), Optional.empty(), Optional.empty());
  }

  /** With a client certificate. */
  public static HttpCredentials certificate(String authority, String certificate, String key) {
    return new HttpCredentials(
        authority, Optional.empty(), Optional.of(certificate), Optional.of(key));
  }

  /** Says what kind of credentials these are, not what they are. */
  @Override
  public String toString() {
    String kind = token.isPresent() ? "token" : certificate.isPresent() ? "certificate" : "none";
    return "HttpCredentials[" + kind + "]";
  }
}
