package io.machineid.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.machineid.DestinationException;

/** What a Kubernetes API refuses about secrets, in words that say what to do. */
final class SecretErrors {

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;

  private final String grant;
  private final String unprocessable;

  /**
   * For one kind of secret.
   *
   * @param grant what to give the service account
   * @param unprocessable what may be wrong with a secret that the API cannot process
   */
  SecretErrors(String grant, String unprocessable) {
    this.grant = grant;
    this.unprocessable = unprocessable;
  }

  /**
   * Without the server's message, which may quote what was to be written.
   *
   * @param what that was tried, to which place
   */
  DestinationException of(String what, KubernetesClientException e) {
    if (e.getCode() <= 0) {
      return new DestinationException(
          "cannot %s: the Kubernetes API does not answer (%s)"
              .formatted(what, String.valueOf(e.getCause())),
          e);
    }
    return new DestinationException(
        "cannot %s: the Kubernetes API answers %d. %s".formatted(what, e.getCode(), todo(e)), null);
  }

  private String todo(KubernetesClientException e) {
    return switch (e.getCode()) {
      case UNAUTHORIZED, FORBIDDEN -> "Give the service account " + grant + " (Role, RoleBinding)";
      case NOT_FOUND -> "Does the namespace exist?";
      case CONFLICT -> "Somebody else changes it all the time";
      case UNPROCESSABLE -> unprocessable;
      default -> "The Kubernetes API server's log may tell more";
    };
  }
}
