package io.machineid.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that are pinned. TLS is always layered over a connected plain socket, with the pinned
 * name as the peer's host: JSSE would otherwise take the host that was connected to, and accept a
 * certificate for that one too.
 */
final class PinnedSocketFactory extends SSLSocketFactory {

  private final SSLSocketFactory plain;
  private final PinnedName name;

  PinnedSocketFactory(SSLSocketFactory plain, PinnedName name) {
    this.plain = plain;
    this.name = name;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return plain.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return plain.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    // what the JDK's own callers know how to handle: they connect first, and layer then
    throw unsupported("pinned TLS needs a connected socket");
  }

  @Override
  public Socket createSocket(Socket connected, @Nullable String host, int port, boolean autoClose)
      throws IOException {
    return new PinnedSocket(
        (SSLSocket) plain.createSocket(connected, name.host(), port, autoClose), name);
  }

  @Override
  public Socket createSocket(Socket connected, InputStream consumed, boolean autoClose)
      throws IOException {
    throw unsupported("a pinned context is for clients");
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connect(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connect(
        new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
  }

  private static IOException unsupported(String message) {
    SocketException exception = new SocketException(message);
    exception.initCause(new UnsupportedOperationException(message));
    return exception;
  }

  private Socket connect(InetSocketAddress remote, @Nullable SocketAddress local)
      throws IOException {
    Socket raw = new Socket();
    try {
      if (local != null) {
        raw.bind(local);
      }
      raw.connect(remote);
      return createSocket(raw, name.host(), remote.getPort(), true);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }
}
