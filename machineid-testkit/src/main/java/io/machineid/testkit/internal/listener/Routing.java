package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.state.Connection.Service;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules by which the proxy's port and the auth service's port tell connections apart. */
final class Routing {

  static final String HTTP1 = "http/1.1";
  static final String HTTP2 = "h2";
  static final String JOINING = "teleport-proxy-grpc";
  static final String REVERSE_TUNNEL = "teleport-reversetunnel";

  private static final String KUBERNETES_PREFIX = "kube-teleport-proxy-alpn.";
  private static final String AUTH_PREFIX = "teleport-auth@";
  private static final String INTERNAL = ".teleport.cluster.local";
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})+");

  private final String internalName;
  private final boolean kubernetes;
  private final boolean auth;
  private final Predicate<String> relayNames;

  /**
   * For a cluster.
   *
   * @param relayNames whether a relay knows a Kubernetes cluster by this name
   * @param kubernetes whether the web port leads to Kubernetes
   * @param auth whether it leads to the auth service
   */
  Routing(String clusterName, boolean kubernetes, boolean auth, Predicate<String> relayNames) {
    this.kubernetes = kubernetes;
    this.auth = auth;
    this.relayNames = relayNames;
    internalName =
        HexFormat.of().formatHex(clusterName.getBytes(StandardCharsets.UTF_8)) + INTERNAL;
  }

  /** At the proxy's port. */
  Route atProxy(ClientHello hello) {
    String serverName = hello.serverName().orElse("");
    if (kubernetes && serverName.startsWith(KUBERNETES_PREFIX)) {
      return ending(Service.KUBERNETES, hello);
    }
    // A real proxy answers this with its web certificate, upon which tbot goes through the SSH
    // tunnel. Here it gets
    // at once what it wants.
    if (auth && serverName.equals(internalName) && hello.protocols().equals(List.of(HTTP2))) {
      return ending(Service.AUTH, hello);
    }
    if (hello.protocols().isEmpty()) {
      return ending(Service.WEB, hello);
    }
    return hello.protocols().stream()
        .filter(this::known)
        .findFirst()
        .map(protocol -> byProtocol(protocol, hello))
        .orElseGet(Route.Hangup::new);
  }

  private boolean known(String protocol) {
    return protocol.equals(HTTP1)
        || protocol.equals(HTTP2)
        || protocol.equals(REVERSE_TUNNEL)
        || protocol.equals(JOINING)
        || (auth && protocol.startsWith(AUTH_PREFIX));
  }

  private Route byProtocol(String protocol, ClientHello hello) {
    if (protocol.startsWith(AUTH_PREFIX)) {
      return protocol.equals(AUTH_PREFIX + internalName) ? atAuth(hello) : new Route.Hangup();
    }
    return ending(
        switch (protocol) {
          case REVERSE_TUNNEL -> Service.TUNNEL;
          case JOINING -> Service.JOINING;
          default -> Service.WEB;
        },
        hello);
  }

  /** At the auth service's own port. */
  Route atAuth(ClientHello hello) {
    String serverName = hello.serverName().orElse("");
    if (serverName.endsWith(INTERNAL)
        && !HEX.matcher(serverName.substring(0, serverName.length() - INTERNAL.length()))
            .matches()) {
      return new Route.Alert(Route.Alert.INTERNAL_ERROR);
    }
    return ending(Service.AUTH, hello);
  }

  /** At a load balancer that ends TLS, whatever it is offered. */
  Route atLoadBalancer(ClientHello hello) {
    return new Route.To(Service.LOAD_BALANCER);
  }

  /** At a port for Kubernetes alone. */
  Route atKubernetes(ClientHello hello) {
    return ending(Service.KUBERNETES, hello);
  }

  /** At a relay, which looks for a name that is one of a Kubernetes cluster and at nothing else. */
  Route atRelay(ClientHello hello) {
    return hello.serverName().filter(relayNames).isPresent()
        ? ending(Service.KUBERNETES_AGENT, hello)
        : new Route.Hangup();
  }

  private static Route ending(Service service, ClientHello hello) {
    return choose(service, hello.protocols()) == null
        ? new Route.Alert(Route.Alert.NO_APPLICATION_PROTOCOL)
        : new Route.To(service);
  }

  /**
   * The protocol that a service chooses of those offered.
   *
   * @return empty for none; null where the connection fails for want of one
   */
  static @Nullable String choose(Service service, List<String> offered) {
    List<String> preferred =
        switch (service) {
          case AUTH -> List.of(HTTP2);
          case KUBERNETES, KUBERNETES_AGENT -> List.of(HTTP2, HTTP1);
          case WEB -> List.of(HTTP1, HTTP2);
          case JOINING -> List.of(HTTP2, JOINING);
          case TUNNEL -> List.of(REVERSE_TUNNEL);
          case LOAD_BALANCER -> List.of();
        };
    return preferred.stream()
        .filter(offered::contains)
        .findFirst()
        .orElseGet(() -> mayGoWithout(service, offered) ? "" : null);
  }

  private static boolean mayGoWithout(Service service, List<String> offered) {
    return offered.isEmpty()
        || service == Service.LOAD_BALANCER
        || (service == Service.AUTH && offered.contains(HTTP1));
  }
}
