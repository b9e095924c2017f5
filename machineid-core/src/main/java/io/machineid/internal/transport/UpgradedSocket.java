package io.machineid.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Objects;

/**
 * An upgraded connection as a socket, for a second TLS handshake within it. One reader and one
 * writer at a time.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing here has a state of its own
class UpgradedSocket extends Socket {

  private final Socket raw;
  private final Socket outer;
  private final Framing framing;

  /**
   * Takes over a connection.
   *
   * @param raw the connection below TLS: to close it waits for nobody
   * @param outer the connection within TLS
   * @param framing how bytes travel on that
   */
  UpgradedSocket(Socket raw, Socket outer, Framing framing) {
    this.raw = raw;
    this.outer = outer;
    this.framing = framing;
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        return length == 0 ? 0 : framing.read(into, offset, length);
      }

      @Override
      public void close() throws IOException {
        UpgradedSocket.this.close();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        framing.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        UpgradedSocket.this.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    raw.close();
  }

  @Override
  public boolean isClosed() {
    return raw.isClosed();
  }

  @Override
  public boolean isConnected() {
    return raw.isConnected();
  }

  @Override
  public boolean isBound() {
    return raw.isBound();
  }

  @Override
  public void shutdownOutput() throws IOException {
    // There is no half of such a connection: who reads on may do so.
  }

  @Override
  public void shutdownInput() throws IOException {
    // as above
  }

  @Override
  public boolean isInputShutdown() {
    return raw.isClosed();
  }

  @Override
  public boolean isOutputShutdown() {
    return raw.isClosed();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    outer.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return outer.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    raw.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return raw.getTcpNoDelay();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    raw.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return raw.getKeepAlive();
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    raw.setSoLinger(on, seconds);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return raw.getSoLinger();
  }

  @Override
  public InetAddress getInetAddress() {
    return raw.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return raw.getLocalAddress();
  }

  @Override
  public int getPort() {
    return raw.getPort();
  }

  @Override
  public int getLocalPort() {
    return raw.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return raw.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return raw.getLocalSocketAddress();
  }

  @Override
  public String toString() {
    return "UpgradedSocket[" + raw + "]";
  }
}
