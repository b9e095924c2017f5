package io.machineid.kubernetes;

import io.machineid.ConfigException;
import io.machineid.KubernetesEndpoint;
import io.machineid.internal.pki.Sha256;
import io.machineid.internal.transport.HostPort;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way by a Teleport relay, instead of by the proxy. A relay ends no TLS: it looks at the server
 * name alone, and passes the connection to the agent of that Kubernetes cluster.
 *
 * @see <a href="https://github.com/gravitational/teleport/pull/60974">Kubernetes forwarding in the
 *     Relay Service</a>, whose description says how the name is made
 */
final class RelayRouting {

  private static final String SUFFIX = ".kuberelay.teleport.cluster.local";
  private static final Pattern MAJOR = Pattern.compile("v?(\\d{1,4})\\..*");
  private static final int FIRST_MAJOR = 18;
  private static final int BITS_OF_A_DIGIT = 5;
  private static final int DIGITS = 52;

  private RelayRouting() {}

  /** Takes {@code host:port}. */
  static HostPort address(String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("the relay: " + e.getMessage(), e);
    }
  }

  /**
   * Whether a cluster of this version can have relays: nobody would answer there, and only requests
   * would find that out.
   *
   * @throws ConfigException when it cannot
   */
  static void check(String proxyVersion) {
    Matcher major = MAJOR.matcher(proxyVersion);
    if (major.matches() && Integer.parseInt(major.group(1)) < FIRST_MAJOR) {
      throw new ConfigException(
          "a relay (`relay_server`) is given, and the cluster runs Teleport %s, which has none: relays for Kubernetes need 18.5 or newer. Remove it, so that requests go to the proxy, or start anew after an upgrade"
              .formatted(proxyVersion),
          null);
    }
  }

  /**
   * Where requests for a cluster go.
   *
   * @param direct where they would go by the proxy, with the path that they would have
   */
  static KubernetesEndpoint endpoint(
      HostPort relay, KubernetesEndpoint direct, String teleportCluster, String kubernetesCluster) {
    return new KubernetesEndpoint(
        URI.create("https://" + relay + direct.server().getRawPath()),
        Optional.of(serverName(teleportCluster, kubernetesCluster)));
  }

  /** The name of a Kubernetes cluster that a relay knows, unlike that of any other in the world. */
  static String serverName(String teleportCluster, String kubernetesCluster) {
    byte[] both =
        ByteBuffer.allocate(2 * Sha256.LENGTH)
            .put(Sha256.digest(teleportCluster))
            .put(Sha256.digest(kubernetesCluster))
            .array();
    return "cluster-" + base32hex(Sha256.digest(both)) + SUFFIX;
  }

  /** RFC 4648, section 7, in small letters, for 32 bytes and without padding: 52 digits. */
  private static String base32hex(byte[] digest) {
    int unused = DIGITS * BITS_OF_A_DIGIT - digest.length * Byte.SIZE;
    String digits = new BigInteger(1, digest).shiftLeft(unused).toString(1 << BITS_OF_A_DIGIT);
    return "0".repeat(DIGITS - digits.length()) + digits;
  }
}
