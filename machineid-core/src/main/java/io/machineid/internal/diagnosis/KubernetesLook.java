package io.machineid.internal.diagnosis;

import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.auth.Routes;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.transport.AnyMember;
import io.machineid.internal.transport.ConnectionUpgrade;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Goes the way of Kubernetes clients, up to TLS. */
final class KubernetesLook {

  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final Findings findings;
  private final ClusterRoute route;
  private final Dialer dialer;

  KubernetesLook(Findings findings, ClusterRoute route) {
    this.findings = findings;
    this.route = route;
    this.dialer = route.routes().dialer();
  }

  /**
   * Looks.
   *
   * @param found what the proxy says of itself
   * @param authorities the cluster's, or none where only a join brings them
   */
  void kubernetes(FoundCluster found, List<X509Certificate> authorities) throws Stop {
    Optional<Routes.Kubernetes> way = route.routes().kubernetes(found);
    if (way.isEmpty()) {
      findings.note(
          "kubernetes",
          "the proxy takes no such requests (kubernetes: enabled in its configuration)");
      return;
    }
    URI server = way.get().endpoint().server();
    String name = way.get().endpoint().verifiedName();
    HostPort address = HostPort.parse(server.getAuthority());
    Optional<ConnectionUpgrade> upgrade = way.get().upgrade().filter(ConnectionUpgrade::isNeeded);
    try (Socket raw = connected(address, upgrade, found);
        SSLSocket socket =
            (SSLSocket)
                PinnedTls.context(name, new KeyManager[0], trust(authorities))
                    .getSocketFactory()
                    .createSocket(raw, name, address.port(), true)) {
      socket.setSoTimeout(Math.toIntExact(LONGEST.toMillis()));
      socket.startHandshake();
      findings.note(
          "kubernetes",
          "%s%s, SNI %s, ALPN h2 http/1.1, verified by %s%s"
              .formatted(
                  server,
                  Findings.through(dialer, address),
                  name,
                  authorities.isEmpty() ? "the cluster's CA, which a join brings" : "the same CA",
                  upgrade.isPresent() ? ", upgraded" : ""));
    } catch (IOException e) {
      throw Stop.of(e, address, "Kubernetes");
    }
  }

  private static TrustManager[] trust(List<X509Certificate> authorities) {
    return new TrustManager[] {
      authorities.isEmpty() ? new AnyMember() : PinnedTls.trustManager(authorities)
    };
  }

  private Socket connected(
      HostPort address, Optional<ConnectionUpgrade> upgrade, FoundCluster found)
      throws IOException, Stop {
    if (upgrade.isPresent()) {
      return upgrade.get().open();
    }
    try {
      return dialer.connectForRequests(address);
    } catch (IOException e) {
      Stop stop = Stop.of(e, address, "Kubernetes");
      throw address.equals(route.address()) ? stop : stop.and(published(found));
    }
  }

  /** Proxies publish the first of their addresses, which may be one for other networks. */
  private String published(FoundCluster found) {
    if (!found.tlsRouting()) {
      return "It is the address that the proxy publishes for Kubernetes (kube_public_addr, or the host of public_addr with the port of kube_listen_addr): have it opened for this network, or corrected";
    }
    return route.isProxy()
        ? "It is the address that the proxy publishes (the first of its public_addr), and %s, which was given, does answer: take that one for everything (useProxyAddress, or TBOT_USE_PROXY_ADDR=yes) where it is among them, or have public_addr corrected"
            .formatted(route.address())
        : "It is the address that the proxy publishes (the first of its public_addr): have it opened for this network, or corrected";
  }
}
