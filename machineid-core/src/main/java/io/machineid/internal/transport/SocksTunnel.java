package io.machineid.internal.transport;

import java.io.EOFException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** A tunnel through a SOCKS5 proxy (RFC 1928 and 1929), which resolves the server's name. */
final class SocksTunnel {

  private static final int VERSION = 5;
  private static final int WITHOUT_PASSWORD = 0;
  private static final int PASSWORD = 2;
  private static final int PASSWORD_VERSION = 1;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;
  private static final int LONGEST_FIELD = 255;

  private final Socket socket;
  private final String proxy;
  private final Deadline deadline;

  private SocksTunnel(Socket socket, String proxy, Deadline deadline) {
    this.deadline = deadline;
    this.socket = socket;
    this.proxy = proxy;
  }

  /**
   * Opens a tunnel; blocks.
   *
   * @param proxy the proxy, not resolved
   * @param target what is to be reached through it
   * @param credentials what to tell the proxy if it wants a password, a secret
   * @param longest how long connecting and the talk with the proxy may take, in all
   * @return a socket on which the server will speak next
   * @throws HttpProxyFailure when the proxy cannot be reached, or says no
   */
  static Socket open(
      InetSocketAddress proxy,
      HostPort target,
      Optional<PasswordAuthentication> credentials,
      Duration longest)
      throws IOException {
    String name = HttpProxyFailure.name(proxy);
    Deadline deadline = Deadline.in(longest);
    Socket socket = Dialer.toProxy(proxy, longest);
    try {
      SocksTunnel tunnel = new SocksTunnel(socket, name, deadline);
      tunnel.introduce(credentials);
      tunnel.connect(target);
      socket.setSoTimeout(0);
      return socket;
    } catch (HttpProxyFailure e) {
      socket.close();
      throw e;
    } catch (IOException e) {
      socket.close();
      throw HttpProxyFailure.broken(name, e);
    }
  }

  private void introduce(Optional<PasswordAuthentication> credentials) throws IOException {
    send(
        credentials.isPresent()
            ? new byte[] {VERSION, 2, WITHOUT_PASSWORD, PASSWORD}
            : new byte[] {VERSION, 1, WITHOUT_PASSWORD});
    byte[] choice = read(2);
    if (choice[0] != VERSION) {
      throw new IOException("it does not answer as a SOCKS5 proxy");
    }
    if (choice[1] == PASSWORD && credentials.isPresent()) {
      tell(credentials.get());
    } else if (choice[1] != WITHOUT_PASSWORD) {
      throw HttpProxyFailure.socksPassword(proxy, credentials.isPresent());
    }
  }

  private void tell(PasswordAuthentication credentials) throws IOException {
    byte[] user = credentials.getUserName().getBytes(StandardCharsets.UTF_8);
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(credentials.getPassword()));
    int length = encoded.remaining();
    if (user.length == 0 || user.length > LONGEST_FIELD || length > LONGEST_FIELD) {
      throw HttpProxyFailure.socksPassword(proxy, true);
    }
    byte[] message = new byte[3 + user.length + length];
    ByteBuffer.wrap(message)
        .put((byte) PASSWORD_VERSION)
        .put((byte) user.length)
        .put(user)
        .put((byte) length)
        .put(encoded);
    send(message);
    Arrays.fill(message, (byte) 0);
    if (read(2)[1] != 0) {
      throw HttpProxyFailure.socksPassword(proxy, true);
    }
  }

  private void connect(HostPort target) throws IOException {
    byte[] address = address(target);
    send(
        ByteBuffer.allocate(3 + address.length + 2)
            .put(new byte[] {VERSION, CONNECT, 0})
            .put(address)
            .putShort((short) target.port())
            .array());
    byte[] answer = read(4);
    if (answer[0] != VERSION) {
      throw new IOException("it does not answer as a SOCKS5 proxy");
    }
    if (answer[1] != 0) {
      throw HttpProxyFailure.socks(proxy, answer[1] & 0xff);
    }
    // where the proxy has bound: of no interest
    byte[] unused =
        read(
            2
                + switch (answer[3]) {
                  case IPV4 -> 4;
                  case IPV6 -> 16;
                  default -> read(1)[0] & 0xff;
                });
  }

  /** Names are left to the proxy. */
  private static byte[] address(HostPort target) throws UnknownHostException {
    if (target.isIpAddress()) {
      InetAddress literal = InetAddress.getByName(target.host());
      byte[] bytes = literal.getAddress();
      return ByteBuffer.allocate(1 + bytes.length)
          .put((byte) (literal instanceof Inet6Address ? IPV6 : IPV4))
          .put(bytes)
          .array();
    }
    byte[] name = target.host().getBytes(StandardCharsets.US_ASCII);
    if (name.length > LONGEST_FIELD) {
      throw new UnknownHostException(target.host());
    }
    return ByteBuffer.allocate(2 + name.length)
        .put((byte) NAME)
        .put((byte) name.length)
        .put(name)
        .array();
  }

  private void send(byte[] message) throws IOException {
    socket.getOutputStream().write(message);
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int got = 0; got < count; ) {
      deadline.limit(socket);
      int more = socket.getInputStream().read(bytes, got, count - got);
      if (more < 0) {
        throw new EOFException("it ended the connection");
      }
      got += more;
    }
    return bytes;
  }
}
