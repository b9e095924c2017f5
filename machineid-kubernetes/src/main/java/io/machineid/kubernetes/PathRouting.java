package io.machineid.kubernetes;

import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Routing by the path of a request instead of by the certificate that it comes with: one
 * certificate then serves many Kubernetes clusters. Whether a cluster can be reached so, is decided
 * here alone.
 */
final class PathRouting {

  /**
   * From here on every release can. Some before 17.4 can as well, but which ones is not certain,
   * and certificates for each cluster work with all of them.
   */
  private static final int FIRST_MAJOR = 17;

  private static final int FIRST_MINOR = 4;

  private static final Pattern VERSION = Pattern.compile("v?(\\d{1,9})\\.(\\d{1,9})(\\D.*)?");
  private static final String PREFIX = "/v1/teleport/";

  private PathRouting() {}

  /** Whether the proxy and each agent of a cluster can: any of these may get the request. */
  static boolean serves(String proxyVersion, KubernetesCluster cluster) {
    return canRoute(proxyVersion)
        && !cluster.agentVersions().isEmpty()
        && cluster.agentVersions().stream().allMatch(PathRouting::canRoute);
  }

  private static boolean canRoute(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return false;
    }
    int major = Integer.parseInt(matcher.group(1));
    return major > FIRST_MAJOR
        || (major == FIRST_MAJOR && Integer.parseInt(matcher.group(2)) >= FIRST_MINOR);
  }

  /** Where requests for a cluster go. */
  static KubernetesEndpoint endpoint(
      KubernetesEndpoint proxy, String teleportCluster, String kubernetesCluster) {
    String path = PREFIX + encoded(teleportCluster) + "/" + encoded(kubernetesCluster);
    return new KubernetesEndpoint(URI.create(proxy.server() + path), proxy.serverName());
  }

  private static String encoded(String name) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }
}
