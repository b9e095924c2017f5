package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.pki.TlsIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a request goes whose path says it: {@code /v1/teleport/}, and the names of the Teleport and
 * of the Kubernetes cluster, each in base64 for URLs without padding.
 *
 * @param teleportCluster the Teleport cluster
 * @param kubernetesCluster the Kubernetes cluster
 * @param rest the path in the Kubernetes API
 */
record PathRoute(String teleportCluster, String kubernetesCluster, String rest) {

  private static final Pattern PATH =
      Pattern.compile("/v1/teleport/([A-Za-z0-9_-]+)/([A-Za-z0-9_-]+)(/.*)?");

  static Optional<PathRoute> of(String path) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String rest = matcher.group(3);
    return Optional.of(
        new PathRoute(
            decoded(matcher.group(1)), decoded(matcher.group(2)), rest == null ? "/" : rest));
  }

  private static String decoded(String text) {
    try {
      return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.byProxy(new FailureStatus(400, "BadRequest", "the path holds no base64"));
    }
  }

  /** A certificate that is for something else is refused. */
  void check(TlsIdentity identity) {
    boolean elsewhere =
        !identity.routeToCluster().isEmpty() && !identity.routeToCluster().equals(teleportCluster);
    boolean other =
        identity.kubernetesCluster().filter(name -> !name.equals(kubernetesCluster)).isPresent();
    if (elsewhere || other) {
      throw Refusal.byProxy(
          new FailureStatus(
              400, "BadRequest", "existing route in identity may not be overwritten"));
    }
  }
}
