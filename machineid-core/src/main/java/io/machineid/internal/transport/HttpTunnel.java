package io.machineid.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tunnel through an HTTP proxy, which resolves the server's name. */
final class HttpTunnel {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");
  private static final int HEAD_LIMIT_BYTES = 16 << 10;
  private static final String HEAD_END = "\r\n\r\n";

  private HttpTunnel() {}

  /**
   * Opens a tunnel; blocks.
   *
   * @param proxy the proxy, not resolved
   * @param target what is to be reached through it
   * @param authorization what to tell the proxy, a secret
   * @param longest how long to wait for the connection, and as long again for the proxy's answer
   * @return a socket on which the server will speak next
   * @throws HttpProxyFailure when the proxy cannot be reached, or says no
   */
  static Socket open(
      InetSocketAddress proxy, HostPort target, Optional<String> authorization, Duration longest)
      throws IOException {
    String name = HttpProxyFailure.name(proxy);
    Socket socket = new Socket();
    try {
      int status = connect(socket, proxy, request(target, authorization), longest);
      if (status / 100 != 2) {
        throw HttpProxyFailure.refused(name, status, authorization.isPresent());
      }
      return socket;
    } catch (HttpProxyFailure e) {
      socket.close();
      throw e;
    } catch (IOException e) {
      socket.close();
      throw HttpProxyFailure.broken(name, e);
    }
  }

  private static int connect(
      Socket socket, InetSocketAddress proxy, String request, Duration longest) throws IOException {
    InetSocketAddress resolved = new InetSocketAddress(proxy.getHostString(), proxy.getPort());
    if (resolved.isUnresolved()) {
      throw new UnknownHostException(proxy.getHostString());
    }
    socket.connect(resolved, Math.toIntExact(longest.toMillis()));
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    int status = status(head(socket, System.nanoTime() + longest.toNanos()));
    socket.setSoTimeout(0);
    return status;
  }

  private static String request(HostPort target, Optional<String> authorization) {
    return "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n".formatted(target)
        + authorization.map(value -> "Proxy-Authorization: " + value + "\r\n").orElse("")
        + "\r\n";
  }

  /** Reads no byte more than the head: what follows is the server's. */
  private static String head(Socket socket, long deadline) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf(HEAD_END, Math.max(0, head.length() - HEAD_END.length())) < 0) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new SocketTimeoutException("it does not answer in time");
      }
      socket.setSoTimeout(Math.toIntExact(left));
      int next = in.read();
      if (next < 0 || head.length() == HEAD_LIMIT_BYTES) {
        throw HttpProxyFailure.noProxy();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static int status(String head) throws IOException {
    Matcher line = STATUS.matcher(head.substring(0, head.indexOf("\r\n")));
    if (!line.matches()) {
      throw HttpProxyFailure.noProxy();
    }
    return Integer.parseInt(line.group(1));
  }
}
