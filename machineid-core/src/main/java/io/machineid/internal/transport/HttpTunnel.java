package io.machineid.internal.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A tunnel through an HTTP proxy, which resolves the server's name. */
final class HttpTunnel {

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
    return ResponseHead.read(socket, longest).orElseThrow(HttpProxyFailure::noProxy).status();
  }

  private static String request(HostPort target, Optional<String> authorization) {
    return "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n".formatted(target)
        + authorization.map(value -> "Proxy-Authorization: " + value + "\r\n").orElse("")
        + "\r\n";
  }
}
