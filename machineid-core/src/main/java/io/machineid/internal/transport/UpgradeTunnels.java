package io.machineid.internal.transport;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Leads HTTP clients through a load balancer that ends TLS: for the proxy behind it, the HTTP proxy
 * to go through is one within this process, whose tunnels are upgraded connections. All else takes
 * the way that it would have taken. The port is on loopback, is there once it is needed, and lets
 * in who knows a secret: the clients that ask {@link ProxyAuthorization}. Thread-safe.
 */
public final class UpgradeTunnels extends ProxySelector implements AutoCloseable {

  private static final int HTTPS_PORT = 443;

  private final ClientProxies otherwise;
  private final Dialer dialer;
  private final Supplier<Optional<ConnectionUpgrade>> upgrade;
  private final LoopbackTunnels own = new LoopbackTunnels();

  /**
   * Opens nothing yet.
   *
   * @param otherwise which proxies to go through elsewhere
   * @param dialer goes through those
   * @param upgrade how to get to the proxy, once that is known
   */
  public UpgradeTunnels(
      ClientProxies otherwise, Dialer dialer, Supplier<Optional<ConnectionUpgrade>> upgrade) {
    this.otherwise = otherwise;
    this.dialer = dialer;
    this.upgrade = upgrade;
  }

  @Override
  public List<Proxy> select(URI target) {
    return way(target)
        .map(way -> List.of(new Proxy(Proxy.Type.HTTP, server(way).address())))
        .orElseGet(() -> otherwise.select(target));
  }

  /** How to get to a place, where that is by an upgraded connection. */
  private Optional<ConnectionUpgrade> way(URI target) {
    return upgrade.get().filter(each -> leadsTo(each, target)).filter(ConnectionUpgrade::isNeeded);
  }

  /**
   * Whether connections to a place are upgraded; blocks while that is not known.
   *
   * @param selector what a client would go through
   * @param target where to
   */
  public static boolean isUpgraded(ProxySelector selector, URI target) {
    return selector instanceof UpgradeTunnels tunnels && tunnels.way(target).isPresent();
  }

  private static boolean leadsTo(ConnectionUpgrade upgrade, URI target) {
    String host = NoProxy.bare(String.valueOf(target.getHost())).toLowerCase(Locale.ROOT);
    int port = target.getPort() < 0 ? HTTPS_PORT : target.getPort();
    return upgrade.proxy().host().toLowerCase(Locale.ROOT).equals(host)
        && upgrade.proxy().port() == port;
  }

  private TunnelServer server(ConnectionUpgrade way) {
    return own.server(() -> new TunnelServer(way.proxy(), proxy -> way.open(), 0));
  }

  /**
   * Connects as a client would, without the port on loopback; blocks.
   *
   * @param selector what the client would go through
   * @param address where to
   */
  public static Socket connect(ProxySelector selector, HostPort address) throws IOException {
    if (selector instanceof ClientProxies clients) {
      return clients.connect(address);
    }
    if (!(selector instanceof UpgradeTunnels tunnels)) {
      return new Dialer(selector).connectForRequests(address);
    }
    ConnectionUpgrade way =
        tunnels.upgrade.get().filter(each -> each.proxy().equals(address)).orElse(null);
    return way != null && way.isNeeded() ? way.open() : tunnels.dialer.connectForRequests(address);
  }

  /**
   * The value of {@code Proxy-Authorization} for a proxy that {@link #select} has named.
   *
   * @return a secret; empty where the proxy wants none
   */
  Optional<String> authorization(SocketAddress proxy, URI target) {
    return own.authorization(proxy).or(() -> ProxyAuthorization.of(otherwise, proxy, target));
  }

  /**
   * What a client's failure is due to, where that was a tunnel that could not be opened.
   *
   * @param selector which led the client
   * @param failure what the client threw
   * @return an error that tells why, or {@code failure} itself
   */
  public static IOException explained(ProxySelector selector, IOException failure) {
    return refusalBehind(selector, failure)
        .map(
            why -> {
              IOException told = new IOException(why.getMessage(), why);
              told.addSuppressed(failure);
              return told;
            })
        .orElse(failure);
  }

  /** Why a tunnel of this process could not be opened, where a failure is due to that. */
  static Optional<IOException> refusalBehind(ProxySelector selector, Throwable failure) {
    if (selector instanceof ClientProxies clients) {
      return clients.refusalBehind(failure);
    }
    if (selector instanceof UpgradeTunnels tunnels) {
      return tunnels.own.refusalBehind(failure).or(() -> tunnels.otherwise.refusalBehind(failure));
    }
    return Optional.empty();
  }

  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
    if (own.authorization(proxy).isEmpty()) {
      otherwise.connectFailed(target, proxy, failure);
    }
  }

  /** Ends the tunnels, and makes no more. */
  @Override
  public void close() {
    own.close();
  }
}
