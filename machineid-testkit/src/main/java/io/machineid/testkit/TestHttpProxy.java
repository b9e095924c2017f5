package io.machineid.testkit;

import io.machineid.testkit.internal.listener.TlsContexts;
import io.machineid.testkit.internal.pki.WebAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy, as it may stand between a service and its Teleport cluster: it makes tunnels
 * ({@code CONNECT}) and nothing else. Any host name leads to this machine, so that a cluster whose
 * {@linkplain TestClusterBuilder#publicHost public host} exists nowhere is reached through the
 * proxy alone. It listens on loopback only, and connects to loopback only.
 *
 * <p>Thread-safe. Settings count for the next request.
 */
public final class TestHttpProxy implements AutoCloseable {

  private static final int HEAD_LIMIT_BYTES = 16 << 10;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ProxySockets sockets;
  private final Optional<WebAuthority> tls;
  private volatile String userInfo = "";
  private volatile int target;
  private volatile int refusal;

  private TestHttpProxy(ServerSocket server, Optional<WebAuthority> tls) {
    sockets = new ProxySockets(server, "machineid-testkit-http-proxy");
    this.tls = tls;
  }

  /**
   * Starts a proxy on a free port, which lets everybody through.
   *
   * @return the proxy, serving
   */
  public static TestHttpProxy start() {
    try {
      return serving(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a proxy on a free port, which lets everybody through, and is itself spoken to by TLS.
   *
   * @return the proxy, serving; {@link #authority()} vouches for it
   */
  public static TestHttpProxy startWithTls() {
    try {
      WebAuthority authority = WebAuthority.of("localhost");
      return serving(
          TlsContexts.server(authority.server())
              .getServerSocketFactory()
              .createServerSocket(0, 0, InetAddress.getLoopbackAddress()),
          Optional.of(authority));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestHttpProxy serving(ServerSocket server, Optional<WebAuthority> tls) {
    TestHttpProxy proxy = new TestHttpProxy(server, tls);
    proxy.sockets.accept(proxy::serve);
    return proxy;
  }

  /**
   * Who has issued the certificate of a proxy that is spoken to by TLS.
   *
   * @return the certificate to trust
   * @throws IllegalStateException where it is spoken to in the clear
   */
  public X509Certificate authority() {
    return tls.orElseThrow(() -> new IllegalStateException("started without TLS")).certificate();
  }

  /**
   * Lets through only who tells this user and password (basic authentication).
   *
   * @param user the user, without a colon
   * @param password the password
   * @return this
   */
  public TestHttpProxy requirePassword(String user, String password) {
    userInfo = user + ":" + password;
    return this;
  }

  /**
   * Leads all tunnels to one port of this machine, instead of the one that was asked for.
   *
   * @param port the port
   * @return this
   */
  public TestHttpProxy leadTo(int port) {
    target = port;
    return this;
  }

  /**
   * Answers all requests with a status, and makes no tunnel.
   *
   * @param status such as 403; 0 to make tunnels again
   * @return this
   */
  public TestHttpProxy refuseWith(int status) {
    refusal = status;
    return this;
  }

  /**
   * What to set {@code HTTPS_PROXY} to.
   *
   * @return such as {@code http://user:password@localhost:40123}, with the password where one is
   *     required; it is not escaped
   */
  public String url() {
    return (tls.isPresent() ? "https://" : "http://")
        + (userInfo.isEmpty() ? "" : userInfo + "@")
        + "localhost:"
        + port();
  }

  /**
   * Where the proxy listens.
   *
   * @return the port on loopback
   */
  public int port() {
    return sockets.port();
  }

  /**
   * The first lines of the requests that came so far.
   *
   * @return such as {@code CONNECT teleport.example.com:443 HTTP/1.1}, oldest first
   */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Cuts all tunnels without a word; new ones are welcome. */
  public void dropConnections() {
    sockets.drop();
  }

  private void serve(Socket client) throws IOException {
    String head = head(client.getInputStream());
    while (!head.isEmpty()) {
      String request = head.substring(0, head.indexOf("\r\n"));
      requests.add(request);
      if (refusal != 0) {
        answer(client, refusal + " Refused");
      } else if (!isWelcome(head)) {
        answer(
            client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"");
      } else {
        tunnel(client, request);
        return;
      }
      head = head(client.getInputStream());
    }
  }

  private boolean isWelcome(String head) {
    String told =
        head.lines()
            .filter(line -> line.regionMatches(true, 0, "Proxy-Authorization:", 0, 20))
            .map(line -> line.substring(20).strip())
            .findFirst()
            .orElse("");
    String wanted =
        "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    return userInfo.isEmpty()
        || MessageDigest.isEqual(
            told.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(Socket client, String status) throws IOException {
    String head = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
    client.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A request's head, or nothing where the client has no more to say. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || head.size() == HEAD_LIMIT_BYTES) {
        return "";
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private void tunnel(Socket client, String request) throws IOException {
    String[] words = request.split(" ", -1);
    if (words.length != 3 || !words[0].equals("CONNECT")) {
      answer(client, "405 Method Not Allowed");
      return;
    }
    int port = target;
    if (port == 0) {
      port = Integer.parseInt(words[1].substring(words[1].lastIndexOf(':') + 1));
    }
    Socket upstream;
    try {
      upstream = sockets.connect(port);
    } catch (IOException e) {
      answer(client, "502 Bad Gateway");
      return;
    }
    answer(client, "200 Connection established");
    sockets.join(client, upstream);
  }

  /** Ends all tunnels and the port; a second time does nothing. */
  @Override
  public void close() {
    sockets.close();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "TestHttpProxy[localhost:" + port() + "]";
  }
}
