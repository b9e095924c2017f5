package io.machineid.testkit;

import io.machineid.testkit.internal.join.Issuer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A made-up issuer of ID tokens, such as GitHub Actions or a Kubernetes cluster. Its tokens are
 * signed, and live for ten minutes of the cluster's clock. Thread-safe.
 */
public final class TestOidcIssuer {

  private final Issuer issuer;

  TestOidcIssuer(Issuer issuer) {
    this.issuer = issuer;
  }

  /**
   * Its name.
   *
   * @return what tokens have as {@code iss}
   */
  public String url() {
    return issuer.url();
  }

  /**
   * Its public keys, as {@code static_jwks} of a token resource wants them.
   *
   * @return a key set as JSON, on one line
   */
  public String jwks() {
    return issuer.jwks();
  }

  /** Signs with another key from now on, and publishes that one alone. */
  public void replaceKey() {
    issuer.replaceKey();
  }

  /**
   * Issues a token.
   *
   * @param claims what it says; {@code iss}, {@code iat}, {@code nbf} and {@code exp} are there by
   *     themselves. An {@link java.time.Instant} is a time; a null takes a claim away
   * @return the token
   */
  public String sign(Map<String, ?> claims) {
    return issuer.sign(claims);
  }

  /**
   * Issues a token as the kubelet has it for a pod.
   *
   * @param namespace the namespace of pod and service account
   * @param serviceAccount the service account
   * @param audience for whom
   * @return the token
   */
  public String serviceAccountToken(String namespace, String serviceAccount, String audience) {
    return sign(serviceAccountClaims(namespace, serviceAccount, audience));
  }

  /**
   * What {@link #serviceAccountToken} says, to be changed.
   *
   * @param namespace the namespace of pod and service account
   * @param serviceAccount the service account
   * @param audience for whom
   * @return the claims
   */
  public Map<String, Object> serviceAccountClaims(
      String namespace, String serviceAccount, String audience) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("aud", new String[] {audience});
    claims.put("sub", "system:serviceaccount:" + namespace + ":" + serviceAccount);
    claims.put(
        "kubernetes.io",
        Map.of(
            "namespace", namespace,
            "pod", Map.of("name", serviceAccount + "-0", "uid", UUID.randomUUID().toString()),
            "serviceaccount", Map.of("name", serviceAccount, "uid", UUID.randomUUID().toString())));
    return claims;
  }

  @Override
  public String toString() {
    return "TestOidcIssuer[" + url() + "]";
  }
}
