package io.machineid.internal.transport;

import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Makes TCP connections, past or through the proxy that is chosen for the address. Names are
 * resolved here, and each of their addresses is tried, or by the proxy. Thread-safe; blocks.
 */
public final class Dialer {

  /** How long a connection may take. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /**
   * How long one to a proxy may take, with what that says: it is told what is wrong with the proxy
   * before clients have waited in vain.
   */
  private static final Duration PROXY_TIMEOUT = Duration.ofSeconds(20);

  private final ProxySelector proxies;
  private final Supplier<X509TrustManager> roots;

  /**
   * Makes a dialer that trusts what the Java runtime trusts, where a proxy is spoken to by TLS.
   *
   * @param proxies which proxy to go through
   */
  public Dialer(ProxySelector proxies) {
    this.proxies = proxies;
    this.roots = () -> TrustRoots.of(Optional.empty());
  }

  /**
   * Makes a dialer.
   *
   * @param proxies which proxy to go through
   * @param roots whom to trust for the certificates of proxies that are spoken to by TLS
   */
  public Dialer(ProxySelector proxies, X509TrustManager roots) {
    this.proxies = proxies;
    this.roots = () -> roots;
  }

  /**
   * Connects.
   *
   * @param address where to
   * @return a socket on which the server speaks next
   */
  public Socket connect(HostPort address) throws IOException {
    return connect(address, chosen(address));
  }

  /**
   * Connects as a client does that sends requests of HTTP, whose proxy may be another.
   *
   * @param address where to
   * @return a socket on which the server speaks next
   */
  public Socket connectForRequests(HostPort address) throws IOException {
    return connect(address, HttpProxyFailure.chosen(proxies, https(address)));
  }

  private Socket connect(HostPort address, Proxy proxy) throws IOException {
    URI target = https(address);
    if (!(proxy.address() instanceof InetSocketAddress server)) {
      return HostAddresses.OF_THIS_MACHINE.connect(
          InetSocketAddress.createUnresolved(address.host(), address.port()), CONNECT_TIMEOUT);
    }
    if (proxy.type() == Proxy.Type.SOCKS) {
      return SocksTunnel.open(
          server, address, ProxyAuthorization.ofSocks(proxies, server, target), PROXY_TIMEOUT);
    }
    return new HttpTunnel(server, ProxyAuthorization.of(proxies, server, target), PROXY_TIMEOUT)
        .open(address, proxy instanceof SecureProxy ? Optional.of(tls(server)) : Optional.empty());
  }

  private static URI https(HostPort address) {
    return URI.create("https://" + address);
  }

  private Proxy chosen(HostPort address) {
    return proxies instanceof EnvironmentProxySelector environment
        ? environment.forBytes(address)
        : HttpProxyFailure.chosen(proxies, https(address));
  }

  private SSLContext tls(InetSocketAddress server) {
    return PinnedTls.context(
        server.getHostString(), new KeyManager[0], new TrustManager[] {roots.get()});
  }

  /**
   * What stands between here and a web server by somebody's wish.
   *
   * @param target an URL
   * @return such as {@code the HTTP proxy proxy.example.com:3128}, without a password
   */
  public Optional<String> proxyFor(URI target) {
    return inWords(HttpProxyFailure.chosen(proxies, target));
  }

  /**
   * The same for connections that {@link #connect} makes, whose proxy may be another.
   *
   * @param address where to
   */
  public Optional<String> proxyFor(HostPort address) {
    return inWords(chosen(address));
  }

  private static Optional<String> inWords(Proxy proxy) {
    return proxy.type() == Proxy.Type.DIRECT
        ? Optional.empty()
        : Optional.of(
            "the %s proxy %s"
                .formatted(
                    proxy instanceof SecureProxy ? "HTTPS" : proxy.type(),
                    HttpProxyFailure.name(proxy.address())));
  }

  /**
   * Connects to a proxy, whose name is resolved here.
   *
   * @throws HttpProxyFailure when it cannot be reached
   */
  static Socket toProxy(InetSocketAddress proxy, Duration longest) throws HttpProxyFailure {
    try {
      return HostAddresses.OF_THIS_MACHINE.connect(proxy, longest);
    } catch (IOException e) {
      throw HttpProxyFailure.broken(HttpProxyFailure.name(proxy), e);
    }
  }
}
