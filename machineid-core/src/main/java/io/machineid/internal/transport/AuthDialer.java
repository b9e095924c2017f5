package io.machineid.internal.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Makes the connections of a gRPC channel: TCP or a tunnel through a proxy, then TLS by a context
 * that pins the name, with the route's protocols offered. The address that gRPC asks for is a
 * placeholder: the route decides. Names are resolved here, or by the proxy.
 */
final class AuthDialer extends SocketFactory {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

  private final AuthRoute route;
  private final SSLContext tls;
  private final ProxySelector proxies;

  AuthDialer(AuthRoute route, SSLContext tls, ProxySelector proxies) {
    this.route = route;
    this.tls = tls;
    this.proxies = proxies;
  }

  private Socket dial() throws IOException {
    Socket raw = connect();
    try {
      return handshake(raw);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  private Socket connect() throws IOException {
    URI target = URI.create("https://" + route.address());
    Proxy proxy = HttpProxyFailure.chosen(proxies, target);
    if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
      return HttpTunnel.open(
          address,
          route.address(),
          ProxyAuthorization.of(proxies, address, target),
          CONNECT_TIMEOUT);
    }
    return proxy.type() == Proxy.Type.SOCKS ? throughSocks(proxy) : direct();
  }

  private Socket direct() throws IOException {
    HostPort address = route.address();
    InetSocketAddress target = new InetSocketAddress(address.host(), address.port());
    if (target.isUnresolved()) {
      throw new UnknownHostException(address.host());
    }
    return connected(new Socket(), target);
  }

  private Socket throughSocks(Proxy proxy) throws IOException {
    HostPort address = route.address();
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

  private Socket handshake(Socket raw) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory()
                .createSocket(raw, route.serverName(), route.address().port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(route.alpn().toArray(String[]::new));
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(Math.toIntExact(HANDSHAKE_TIMEOUT.toMillis()));
    socket.startHandshake();
    socket.setSoTimeout(0);
    if (!"h2".equals(socket.getApplicationProtocol())) {
      socket.close();
      throw new IOException(
          "the server did not choose HTTP/2 for gRPC; something between us and the cluster ends TLS");
    }
    return socket;
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return dial();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return dial();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return dial();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return dial();
  }
}
