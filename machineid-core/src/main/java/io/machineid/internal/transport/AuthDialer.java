package io.machineid.internal.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Makes the connections of a gRPC channel: TCP, then TLS by a context that pins the name, with the
 * route's protocols offered. The address that gRPC asks for is a placeholder: the route decides, so
 * that names are resolved here, and tunnels can go underneath.
 */
final class AuthDialer extends SocketFactory {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

  private final AuthRoute route;
  private final SSLContext tls;

  AuthDialer(AuthRoute route, SSLContext tls) {
    this.route = route;
    this.tls = tls;
  }

  private Socket dial() throws IOException {
    Socket raw = connect(route.address());
    try {
      return handshake(raw);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  private static Socket connect(HostPort address) throws IOException {
    InetSocketAddress target = new InetSocketAddress(address.host(), address.port());
    if (target.isUnresolved()) {
      throw new UnknownHostException(address.host());
    }
    Socket socket = new Socket();
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
