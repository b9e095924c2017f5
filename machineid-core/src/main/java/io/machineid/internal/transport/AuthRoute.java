package io.machineid.internal.transport;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * A way to a cluster's auth service.
 *
 * @param address what to connect to
 * @param alpn the protocols to offer, in order; {@code h2} must be chosen where it is one of them
 * @param serverName the name to send and to verify
 * @param upgrade how to get through a load balancer that ends TLS, where one may be in between
 * @param means by what to get there
 */
public record AuthRoute(
    HostPort address,
    List<String> alpn,
    String serverName,
    Optional<ConnectionUpgrade> upgrade,
    Means means) {

  /** The name that every auth server's certificate has. */
  public static final String ANY_CLUSTER = "teleport.cluster.local";

  private static final String THROUGH_PROXY = "teleport-auth@";
  private static final String HTTP2 = "h2";
  private static final String HTTP1 = "http/1.1";

  /** Copies. */
  public AuthRoute {
    alpn = List.copyOf(alpn);
  }

  /**
   * By what a route is taken.
   *
   * @param dialer makes connections
   * @param within how TLS begins anew in an upgraded connection, where otherwise than without one
   * @param tunnel what to try where a proxy passes nobody on to the auth service
   */
  public record Means(Dialer dialer, Optional<SSLContext> within, Optional<AuthTunnel> tunnel) {

    /** The same way of TLS everywhere. */
    public static Means of(Dialer dialer) {
      return new Means(dialer, Optional.empty(), Optional.empty());
    }
  }

  /** The same route for who has an identity for SSH, too. */
  public AuthRoute as(SshIdentity identity) {
    Means own =
        new Means(means.dialer(), means.within(), means.tunnel().map(each -> each.as(identity)));
    return new AuthRoute(address, alpn, serverName, upgrade, own);
  }

  /**
   * Through a proxy's web port. The proxy looks at the first protocol offered, and passes the bytes
   * on unseen.
   *
   * @param proxy the proxy's web address
   * @param cluster the cluster's name
   * @param upgrade for where a load balancer may end TLS before the proxy
   * @param means by what to get there
   */
  public static AuthRoute throughProxy(
      HostPort proxy, String cluster, Optional<ConnectionUpgrade> upgrade, Means means) {
    String name = nameOf(cluster);
    return new AuthRoute(proxy, List.of(THROUGH_PROXY + name, HTTP2), name, upgrade, means);
  }

  /**
   * To the auth server's own port.
   *
   * @param auth the auth server's address
   * @param cluster the cluster's name
   * @param means by what to get there
   */
  public static AuthRoute direct(HostPort auth, String cluster, Means means) {
    return new AuthRoute(auth, List.of(HTTP2), nameOf(cluster), Optional.empty(), means);
  }

  /**
   * To the join service behind a proxy, which ends TLS for that.
   *
   * @param proxy the proxy's web address
   * @param upgrade for where a load balancer may end TLS before the proxy
   * @param means by what to get there
   */
  public static AuthRoute joiningAtProxy(
      HostPort proxy, Optional<ConnectionUpgrade> upgrade, Means means) {
    return new AuthRoute(
        proxy, List.of("teleport-proxy-grpc", HTTP2), proxy.host(), upgrade, means);
  }

  /**
   * To the auth server's own port, before the cluster's name is known.
   *
   * @param auth the auth server's address
   * @param means by what to get there
   */
  public static AuthRoute anonymous(HostPort auth, Means means) {
    return new AuthRoute(auth, List.of(HTTP2), ANY_CLUSTER, Optional.empty(), means);
  }

  /** The same way for HTTP/1.1, which an auth service takes beside gRPC. */
  AuthRoute forHttp1() {
    return new AuthRoute(
        address,
        alpn.stream().map(protocol -> protocol.equals(HTTP2) ? HTTP1 : protocol).toList(),
        serverName,
        upgrade,
        means);
  }

  /** Whether what a server chose is what was meant; for HTTP/1.1 auth services choose nothing. */
  boolean takes(String chosen) {
    return alpn.contains(HTTP2) == chosen.equals(HTTP2);
  }

  /** Whether only a member of the cluster can answer to the name: no load balancer before it. */
  boolean isToMember() {
    return serverName.endsWith(ANY_CLUSTER);
  }

  /** Whether a proxy passes it on. */
  public boolean isThroughProxy() {
    return alpn.get(0).startsWith(THROUGH_PROXY);
  }

  /**
   * What to do when the proxy answers itself, in words.
   *
   * @param seen what shows that
   */
  public String notPassedOn(String seen) {
    return "%s does not pass connections on to the cluster's auth service, but answers itself: %s. Have TLS routing switched on (auth_service: proxy_listener_mode: multiplex), or reach the auth service by its own address (auth_server)"
        .formatted(address, seen);
  }

  private static String nameOf(String cluster) {
    return HexFormat.of().formatHex(cluster.getBytes(StandardCharsets.UTF_8)) + "." + ANY_CLUSTER;
  }
}
