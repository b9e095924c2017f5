package io.machineid.internal.transport;

import java.io.IOException;
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
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy on loopback that makes tunnels to few addresses, for who knows its secret. Each
 * tunnel takes two threads while it is open.
 */
public final class TunnelServer implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String USER = "machineid";
  private static final int BAD_GATEWAY = 502;
  private static final Pattern CONNECT = Pattern.compile("CONNECT (\\S+) HTTP/1\\.1");
  private static final Pattern REFUSED =
      Pattern.compile("(?:Tunnel failed, got|response code for CONNECT): " + BAD_GATEWAY);

  private final Predicate<HostPort> targets;
  private final Opener opener;
  private final String authorization;
  private final String secret;
  private final ServerSocket listening;
  private final InetSocketAddress address;
  private final Pipes pipes = new Pipes("machineid-tunnel");
  private volatile @Nullable IOException refusal;

  /** How the far end of a tunnel is reached. */
  @FunctionalInterface
  public interface Opener {
    /** Opens a connection; blocks. */
    Socket open(HostPort target) throws IOException;
  }

  /**
   * Listens.
   *
   * @param target the only address that tunnels lead to
   * @param opener how it is reached
   * @param port where to listen; 0 for any free port
   * @throws IOException when the port cannot be had
   */
  public TunnelServer(HostPort target, Opener opener, int port) throws IOException {
    this(target::equals, opener, port);
  }

  /**
   * Listens.
   *
   * @param targets to which addresses tunnels may lead
   * @param opener how they are reached
   * @param port where to listen; 0 for any free port
   * @throws IOException when the port cannot be had
   */
  TunnelServer(Predicate<HostPort> targets, Opener opener, int port) throws IOException {
    this.targets = targets;
    this.opener = opener;
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.secret = HexFormat.of().formatHex(random);
    this.authorization = "Bearer " + secret;
    this.listening = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
    this.address = new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    pipes.accept(listening, this::serve);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** What a client has to say, a secret. */
  String authorization() {
    return authorization;
  }

  /** An URL for programs that are told an HTTP proxy by one; it holds the secret. */
  public String exposeUrl() {
    return "http://" + USER + ":" + secret + "@127.0.0.1:" + address.getPort();
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
      answer(
          client,
          "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"machineid\"");
      return;
    }
    Optional<HostPort> target = target(head.get().line()).filter(targets);
    if (target.isEmpty()) {
      answer(client, "403 Forbidden");
    } else {
      pipes.known(client);
      tunnel(client, target.get());
    }
  }

  private static Optional<HostPort> target(String line) {
    Matcher connect = CONNECT.matcher(line);
    try {
      return connect.matches() ? Optional.of(HostPort.parse(connect.group(1))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isKnown(RequestHead head) {
    String told = head.header("Proxy-Authorization");
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((USER + ":" + secret).getBytes(StandardCharsets.US_ASCII));
    return isEqual(told, authorization) || isEqual(told, basic);
  }

  private static boolean isEqual(String told, String known) {
    return MessageDigest.isEqual(
        told.getBytes(StandardCharsets.UTF_8), known.getBytes(StandardCharsets.UTF_8));
  }

  private void tunnel(Socket client, HostPort target) throws IOException {
    Socket far;
    try {
      far = opener.open(target);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a tunnel to {0} could not be opened: {1}", target, e.getMessage());
      refusal = e;
      answer(client, BAD_GATEWAY + " Bad Gateway");
      return;
    }
    try (far) {
      client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      pipes.join(client, far);
    }
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
