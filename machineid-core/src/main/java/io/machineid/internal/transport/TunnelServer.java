package io.machineid.internal.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy on loopback that makes tunnels to one address, for who knows its secret. Each
 * tunnel takes two threads while it is open.
 */
final class TunnelServer implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BAD_GATEWAY = 502;
  private static final Pattern REFUSED =
      Pattern.compile("(?:Tunnel failed, got|response code for CONNECT): " + BAD_GATEWAY);

  private final HostPort target;
  private final Opener opener;
  private final String authorization;
  private final ServerSocket listening;
  private final InetSocketAddress address;
  private final Pipes pipes = new Pipes("machineid-tunnel");
  private volatile @Nullable IOException refusal;

  /** How the far end of a tunnel is reached. */
  @FunctionalInterface
  interface Opener {
    Socket open() throws IOException;
  }

  /**
   * Listens at a free port.
   *
   * @param target the only address that tunnels lead to
   */
  TunnelServer(HostPort target, Opener opener) {
    this.target = target;
    this.opener = opener;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    this.authorization = "Bearer " + HexFormat.of().formatHex(secret);
    try {
      this.listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port on loopback for a tunnel", e);
    }
    this.address = new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    pipes.accept(listening, this::serve);
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return address;
  }

  /** What a client has to say, a secret. */
  String authorization() {
    return authorization;
  }

  /** Why the last tunnel could not be opened, where a client's failure was due to one. */
  @Nullable IOException refusalBehind(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 8; depth++, at = at.getCause()) {
      Matcher refused = REFUSED.matcher(String.valueOf(at.getMessage()));
      if (refused.find()) {
        return refusal;
      }
    }
    return null;
  }

  private void serve(Socket client) throws IOException {
    Optional<RequestHead> head = RequestHead.read(client, PATIENCE);
    if (head.isEmpty()) {
      return;
    }
    if (!isKnown(head.get())) {
      answer(client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Bearer");
    } else if (!head.get().line().equals("CONNECT " + target + " HTTP/1.1")) {
      answer(client, "403 Forbidden");
    } else {
      tunnel(client);
    }
  }

  private boolean isKnown(RequestHead head) {
    return MessageDigest.isEqual(
        head.header("Proxy-Authorization").getBytes(StandardCharsets.UTF_8),
        authorization.getBytes(StandardCharsets.UTF_8));
  }

  private void tunnel(Socket client) throws IOException {
    Socket far;
    try {
      far = opener.open();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a tunnel to {0} could not be opened: {1}", target, e.getMessage());
      refusal = e;
      answer(client, BAD_GATEWAY + " Bad Gateway");
      return;
    }
    client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    pipes.join(client, far);
  }

  private static void answer(Socket client, String status) throws IOException {
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a port on loopback was not closed", e);
    }
    pipes.close();
  }
}
