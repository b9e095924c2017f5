package io.machineid.internal.transport;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * A way to a cluster's auth service.
 *
 * @param address what to connect to
 * @param alpn the protocols to offer, in order; {@code h2} must be chosen
 * @param serverName the name to send and to verify
 */
public record AuthRoute(HostPort address, List<String> alpn, String serverName) {

  /** The name that every auth server's certificate has. */
  public static final String ANY_CLUSTER = "teleport.cluster.local";

  /** Copies. */
  public AuthRoute {
    alpn = List.copyOf(alpn);
  }

  /**
   * Through a proxy's web port. The proxy looks at the first protocol offered, and passes the bytes
   * on unseen.
   *
   * @param proxy the proxy's web address
   * @param cluster the cluster's name
   */
  public static AuthRoute throughProxy(HostPort proxy, String cluster) {
    String name = nameOf(cluster);
    return new AuthRoute(proxy, List.of("teleport-auth@" + name, "h2"), name);
  }

  /**
   * To the auth server's own port.
   *
   * @param auth the auth server's address
   * @param cluster the cluster's name
   */
  public static AuthRoute direct(HostPort auth, String cluster) {
    return new AuthRoute(auth, List.of("h2"), nameOf(cluster));
  }

  /**
   * To the join service behind a proxy, which ends TLS for that.
   *
   * @param proxy the proxy's web address
   */
  public static AuthRoute joiningAtProxy(HostPort proxy) {
    return new AuthRoute(proxy, List.of("teleport-proxy-grpc", "h2"), proxy.host());
  }

  /** To the auth server's own port, before the cluster's name is known. */
  public static AuthRoute anonymous(HostPort auth) {
    return new AuthRoute(auth, List.of("h2"), ANY_CLUSTER);
  }

  private static String nameOf(String cluster) {
    return HexFormat.of().formatHex(cluster.getBytes(StandardCharsets.UTF_8)) + "." + ANY_CLUSTER;
  }
}
