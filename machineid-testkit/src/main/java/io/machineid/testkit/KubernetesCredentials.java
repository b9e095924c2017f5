package io.machineid.testkit;

import io.machineid.testkit.internal.kubernetes.HttpCredentials;

/** How the fake cluster reaches a Kubernetes API that lives elsewhere. Immutable. */
public final class KubernetesCredentials {

  private final HttpCredentials internal;

  private KubernetesCredentials(HttpCredentials internal) {
    this.internal = internal;
  }

  /**
   * A bearer token.
   *
   * @param authorityPem who vouches for the API's certificate; empty for those whom this JVM trusts
   * @param token the token
   * @return the credentials
   */
  public static KubernetesCredentials token(String authorityPem, String token) {
    return new KubernetesCredentials(HttpCredentials.token(authorityPem, token));
  }

  /**
   * A client certificate.
   *
   * @param authorityPem who vouches for the API's certificate; empty for those whom this JVM trusts
   * @param certificatePem the certificate, with its chain
   * @param keyPem its private key
   * @return the credentials
   */
  public static KubernetesCredentials certificate(
      String authorityPem, String certificatePem, String keyPem) {
    return new KubernetesCredentials(
        HttpCredentials.certificate(authorityPem, certificatePem, keyPem));
  }

  /**
   * Nothing, for an API that asks for nothing.
   *
   * @param authorityPem who vouches for the API's certificate; empty for those whom this JVM trusts
   * @return the credentials
   */
  public static KubernetesCredentials none(String authorityPem) {
    return new KubernetesCredentials(HttpCredentials.anonymous(authorityPem));
  }

  HttpCredentials internal() {
    return internal;
  }

  /** Says what kind of credentials these are, not what they are. */
  @Override
  public String toString() {
    return internal.toString();
  }
}
