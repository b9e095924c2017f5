package io.machineid.internal.transport;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Leads HTTP clients through proxies that they do not know, SOCKS5 and those that are spoken to by
 * TLS, and those whose password the JDK's client may not tell: to a client such a proxy is an HTTP
 * proxy within this process, which goes on through the real one. The port is on loopback, is there
 * once it is needed, and lets in who knows a secret: the clients that ask {@link
 * ProxyAuthorization}. Other proxies are told as they are. Thread-safe.
 */
public final class ClientProxies extends ProxySelector implements AutoCloseable {

  private final ProxySelector real;
  private final Dialer dialer;
  private final LoopbackTunnels tunnels = new LoopbackTunnels();

  /**
   * Opens nothing yet.
   *
   * @param real which proxies to go through
   * @param dialer goes through those
   */
  public ClientProxies(ProxySelector real, Dialer dialer) {
    this.real = real;
    this.dialer = dialer;
  }

  @Override
  public List<Proxy> select(URI target) {
    Proxy chosen = HttpProxyFailure.chosen(real, target);
    return SecureProxy.isForeign(chosen) || isUntold(chosen)
        ? List.of(new Proxy(Proxy.Type.HTTP, server().address()))
        : real.select(target);
  }

  /** Whether the JDK's client would keep a password to itself. */
  private boolean isUntold(Proxy chosen) {
    return chosen.type() == Proxy.Type.HTTP
        && !ProxiedRequests.tellsPasswords()
        && real instanceof EnvironmentProxySelector environment
        && environment.authorization(chosen.address()).isPresent();
  }

  private TunnelServer server() {
    return tunnels.server(() -> new TunnelServer(any -> true, dialer::connect, 0));
  }

  /**
   * The value of {@code Proxy-Authorization} for a proxy that {@link #select} has named.
   *
   * @return a secret; empty where the proxy wants none
   */
  Optional<String> authorization(SocketAddress proxy, URI target) {
    return tunnels.authorization(proxy).or(() -> ProxyAuthorization.of(real, proxy, target));
  }

  /**
   * Connects by the same proxies, without the port on loopback; blocks.
   *
   * @param address where to
   */
  Socket connect(HostPort address) throws IOException {
    return dialer.connectForRequests(address);
  }

  /** Why a tunnel could not be opened, where a client's failure is due to that. */
  Optional<IOException> refusalBehind(Throwable failure) {
    return tunnels.refusalBehind(failure);
  }

  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
    if (tunnels.authorization(proxy).isEmpty()) {
      real.connectFailed(target, proxy, failure);
    }
  }

  /** Ends the tunnels, and makes no more. */
  @Override
  public void close() {
    tunnels.close();
  }
}
