package io.machineid.internal.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes TCP connections, past or through the proxy that is chosen for the address. Names are
 * resolved here, or by the proxy. Thread-safe; blocks.
 */
public final class Dialer {

  /** How long a connection may take, and as long again what a proxy says. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  private final ProxySelector proxies;

  /**
   * Makes a dialer.
   *
   * @param proxies which proxy to go through
   */
  public Dialer(ProxySelector proxies) {
    this.proxies = proxies;
  }

  /**
   * Goes through the proxies that this process is told.
   *
   * @throws io.machineid.ConfigException when one of those cannot be used
   */
  public static Dialer ofThisProcess() {
    return new Dialer(EnvironmentProxySelector.ofThisProcess());
  }

  /**
   * Connects.
   *
   * @param address where to
   * @return a socket on which the server speaks next
   */
  public Socket connect(HostPort address) throws IOException {
    URI target = URI.create("https://" + address);
    Proxy proxy = HttpProxyFailure.chosen(proxies, target);
    if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress server) {
      return HttpTunnel.open(
          server, address, ProxyAuthorization.of(proxies, server, target), CONNECT_TIMEOUT);
    }
    return proxy.type() == Proxy.Type.SOCKS ? throughSocks(proxy, address) : direct(address);
  }

  /**
   * What stands between here and an address by somebody's wish.
   *
   * @param target an URL
   * @return such as {@code the HTTP proxy proxy.example.com:3128}, without a password
   */
  public Optional<String> proxyFor(URI target) {
    Proxy proxy = HttpProxyFailure.chosen(proxies, target);
    return proxy.type() == Proxy.Type.DIRECT
        ? Optional.empty()
        : Optional.of(
            "the %s proxy %s".formatted(proxy.type(), HttpProxyFailure.name(proxy.address())));
  }

  private static Socket direct(HostPort address) throws IOException {
    InetSocketAddress target = new InetSocketAddress(address.host(), address.port());
    if (target.isUnresolved()) {
      throw new UnknownHostException(address.host());
    }
    return connected(new Socket(), target);
  }

  private static Socket throughSocks(Proxy proxy, HostPort address) throws IOException {
    try {
      return connected(
          new Socket(proxy), InetSocketAddress.createUnresolved(address.host(), address.port()));
    } catch (IOException e) {
      throw HttpProxyFailure.broken(HttpProxyFailure.name(proxy.address()), e);
    }
  }

  private static Socket connected(Socket socket, InetSocketAddress target) throws IOException {
    try {
      socket.connect(target, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
