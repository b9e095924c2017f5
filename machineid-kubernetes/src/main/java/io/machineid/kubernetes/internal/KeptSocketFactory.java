package io.machineid.kubernetes.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocketFactory;

/** Layers TLS over connected sockets, as OkHttp asks for it, and notes each of them. */
final class KeptSocketFactory extends SSLSocketFactory {

  private final SSLSocketFactory tls;
  private final OpenCalls open;

  KeptSocketFactory(SSLSocketFactory tls, OpenCalls open) {
    this.tls = tls;
    this.open = open;
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    Socket layered = tls.createSocket(connected, host, port, autoClose);
    open.keep(new RawSocket(connected));
    return layered;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw unsupported();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw unsupported();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw unsupported();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    throw unsupported();
  }

  private static IOException unsupported() {
    return new SocketException("TLS is layered over a connected socket only");
  }

  /**
   * The socket below TLS: to close it waits for nobody, while TLS would first say good-bye.
   *
   * @param socket the socket
   */
  private record RawSocket(Socket socket) implements OpenCalls.Connection {
    @Override
    public boolean isClosed() {
      return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
