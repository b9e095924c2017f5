package io.machineid.internal.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** Tunnels through an HTTP proxy, which resolves the server's name. */
final class HttpTunnel {

  private final InetSocketAddress proxy;
  private final Optional<String> authorization;
  private final Duration longest;

  /**
   * For a proxy.
   *
   * @param proxy the proxy, not resolved
   * @param authorization what to tell the proxy, a secret
   * @param longest how long connecting and the talk with the proxy may take, in all
   */
  HttpTunnel(InetSocketAddress proxy, Optional<String> authorization, Duration longest) {
    this.proxy = proxy;
    this.authorization = authorization;
    this.longest = longest;
  }

  /**
   * Opens a tunnel; blocks.
   *
   * @param target what is to be reached through it
   * @param tls how to speak to the proxy itself, where not in the clear
   * @return a socket on which the server will speak next
   * @throws HttpProxyFailure when the proxy cannot be reached, or says no
   */
  Socket open(HostPort target, Optional<SSLContext> tls) throws IOException {
    String name = HttpProxyFailure.name(proxy);
    Deadline deadline = Deadline.in(longest);
    Socket raw = Dialer.toProxy(proxy, longest);
    try {
      Socket socket = tls.isPresent() ? secured(raw, tls.get(), deadline) : raw;
      int status = ask(socket, target, deadline);
      if (status / 100 != 2) {
        throw HttpProxyFailure.refused(name, status, authorization.isPresent());
      }
      return socket;
    } catch (HttpProxyFailure e) {
      raw.close();
      throw e;
    } catch (IOException e) {
      raw.close();
      throw failure(name, e);
    }
  }

  private static HttpProxyFailure failure(String proxy, IOException e) {
    if (TransportErrors.isUntrusted(e)) {
      return HttpProxyFailure.untrusted(proxy, e);
    }
    return e instanceof SSLException && String.valueOf(e.getMessage()).contains("unrecognized")
        ? HttpProxyFailure.withoutTls(proxy, e)
        : HttpProxyFailure.broken(proxy, e);
  }

  private Socket secured(Socket raw, SSLContext tls, Deadline deadline) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory().createSocket(raw, proxy.getHostString(), proxy.getPort(), true);
    deadline.limit(socket);
    socket.startHandshake();
    socket.setSoTimeout(0);
    return new UpgradedSocket(
        raw, socket, Framing.none(socket.getInputStream(), socket.getOutputStream()));
  }

  private int ask(Socket socket, HostPort target, Deadline deadline) throws IOException {
    socket.getOutputStream().write(request(target).getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return ResponseHead.read(socket, deadline.left())
        .orElseThrow(HttpProxyFailure::noProxy)
        .status();
  }

  private String request(HostPort target) {
    return "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n".formatted(target)
        + authorization.map(value -> "Proxy-Authorization: " + value + "\r\n").orElse("")
        + "\r\n";
  }
}
