package io.machineid.internal.transport;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Makes the connections of a gRPC channel: TCP, a tunnel through a proxy, or an upgraded
 * connection; then TLS by a context that pins the name, with the route's protocols offered. The
 * address that gRPC asks for is a placeholder: the route decides.
 */
final class AuthDialer extends SocketFactory {

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

  private final AuthRoute route;
  private final SSLContext tls;
  private final Dialer dialer;

  AuthDialer(AuthRoute route, SSLContext tls) {
    this.route = route;
    this.tls = tls;
    this.dialer = route.means().dialer();
  }

  /** Connects; blocks. */
  Socket dial() throws IOException {
    ConnectionUpgrade upgrade = route.upgrade().orElse(null);
    if (upgrade == null) {
      return direct();
    }
    if (upgrade.known().orElseGet(() -> !route.isToMember() && upgrade.isNeeded())) {
      return upgraded(upgrade);
    }
    try {
      Socket socket = direct();
      if (route.isToMember()) {
        upgrade.isNotNeeded();
      }
      return socket;
    } catch (SSLException | OtherProtocol e) {
      if (upgrade.ask()) {
        return upgraded(upgrade);
      }
      throw e;
    }
  }

  private Socket upgraded(ConnectionUpgrade upgrade) throws IOException {
    return handshaken(upgrade.open(), route.means().within().orElse(tls));
  }

  private Socket direct() throws IOException {
    AuthTunnel tunnel = route.means().tunnel().orElse(null);
    if (tunnel != null && tunnel.isOnlyWay()) {
      return byTunnel(tunnel);
    }
    try {
      return handshaken(dialer.connect(route.address()), tls);
    } catch (SSLHandshakeException e) {
      if (!route.isThroughProxy() || !TransportErrors.isUntrusted(e) || isAuth()) {
        throw e;
      }
      if (tunnel == null) {
        throw notPassedOn(e, "");
      }
      return otherwise(tunnel, e);
    }
  }

  /** Proxies are set up anew: where it no longer leads there, the other way is tried next. */
  private Socket byTunnel(AuthTunnel tunnel) throws IOException {
    try {
      return handshaken(tunnel.open(), tls);
    } catch (IOException e) {
      tunnel.failed();
      throw e;
    }
  }

  private Socket otherwise(AuthTunnel tunnel, SSLHandshakeException shown) throws IOException {
    try {
      Socket socket = handshaken(tunnel.open(), tls);
      tunnel.worked();
      return socket;
    } catch (IOException e) {
      SSLHandshakeException failure = notPassedOn(shown, ". Or else: " + e.getMessage());
      failure.addSuppressed(e);
      throw failure;
    }
  }

  /** Whether it is an auth service, of this cluster or another, that is not trusted. */
  private boolean isAuth() {
    try {
      return ServerLook.on(route, dialer, HANDSHAKE_TIMEOUT).isOfCluster();
    } catch (IOException e) {
      return true; // nobody knows, so that nothing more is said
    }
  }

  private SSLHandshakeException notPassedOn(SSLHandshakeException shown, String more) {
    SSLHandshakeException failure = new SSLHandshakeException(shown.getMessage());
    failure.initCause(
        new ConnectionException(
            Reason.UNTRUSTED,
            false,
            route.notPassedOn(String.valueOf(shown.getMessage())) + more,
            shown));
    return failure;
  }

  private Socket handshaken(Socket raw, SSLContext context) throws IOException {
    try {
      return handshake(raw, context);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  /** HTTP/2 was not chosen. */
  private static final class OtherProtocol extends IOException {
    private static final long serialVersionUID = 1L;

    OtherProtocol(HostPort address) {
      super("the server did not choose HTTP/2 for gRPC");
      initCause(
          new ConnectionException(
              Reason.NOT_TELEPORT,
              true,
              "%s did not choose HTTP/2 for gRPC: it is no Teleport server, or something between us and the cluster ends TLS"
                  .formatted(address),
              null));
    }
  }

  private Socket handshake(Socket raw, SSLContext context) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(raw, route.serverName(), route.address().port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(route.alpn().toArray(String[]::new));
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(Math.toIntExact(HANDSHAKE_TIMEOUT.toMillis()));
    socket.startHandshake();
    socket.setSoTimeout(0);
    if (!route.takes(String.valueOf(socket.getApplicationProtocol()))) {
      socket.close();
      throw new OtherProtocol(route.address());
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
