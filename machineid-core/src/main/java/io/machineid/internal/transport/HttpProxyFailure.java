package io.machineid.internal.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between us and a server did not let us through. Nothing has reached the server. The
 * message names the proxy and says what to do; it never holds a password.
 */
public final class HttpProxyFailure extends ConnectException {

  private static final long serialVersionUID = 1L;

  /** The JDK's own words. */
  private static final Pattern TUNNEL_FAILED = Pattern.compile("Tunnel failed, got: ([0-9]{3})");

  private static final int NO_ANSWER = 0;
  private static final int PASSWORD_REFUSED = 401;
  private static final int FORBIDDEN = 403;
  private static final int PASSWORD_WANTED = 407;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERRORS = 500;
  private static final int NOT_ALLOWED_BY_SOCKS_RULES = 2;

  /** From 1 on, as RFC 1928 names them. */
  private static final List<String> SOCKS_REPLIES =
      List.of(
          "general failure",
          "not allowed by its rules",
          "network unreachable",
          "host unreachable",
          "connection refused",
          "TTL expired",
          "command not supported",
          "address type not supported");

  private final int status;

  private HttpProxyFailure(String message, int status, @Nullable Throwable cause) {
    super(message);
    this.status = status;
    if (cause != null) {
      initCause(cause);
    }
  }

  /**
   * The proxy answered a CONNECT with something else than a tunnel.
   *
   * @param proxy its address
   * @param status the HTTP status
   * @param passwordTold whether we had a password for it
   */
  static HttpProxyFailure refused(String proxy, int status, boolean passwordTold) {
    return new HttpProxyFailure(
        "the HTTP proxy %s answered with status %d: %s"
            .formatted(proxy, status, advice(status, passwordTold)),
        status,
        null);
  }

  private static String advice(int status, boolean passwordTold) {
    if (isOfPassword(status)) {
      return passwordTold
          ? "it does not take the user and the password that it was told."
              + " Correct those in HTTPS_PROXY (%-escaped), or of the JVM's Authenticator"
          : "it wants a user and a password. Put them into HTTPS_PROXY"
              + " (http://user:password@host:port), or set a java.net.Authenticator where the JVM's"
              + " own settings name the proxy";
    }
    if (status == TOO_MANY || status >= SERVER_ERRORS) {
      return "it cannot reach the server now. Check the address, and the proxy";
    }
    return "it refuses a tunnel to this server. Have the proxy's rules changed, or name the host in"
        + " NO_PROXY if it can be reached directly";
  }

  /** Some proxies say the one, and some the other. */
  private static boolean isOfPassword(int status) {
    return status == PASSWORD_WANTED || status == PASSWORD_REFUSED;
  }

  /**
   * A SOCKS proxy made no tunnel.
   *
   * @param proxy its address
   * @param reply what it said: the number of RFC 1928, section 6
   */
  static HttpProxyFailure socks(String proxy, int reply) {
    int status = reply == NOT_ALLOWED_BY_SOCKS_RULES ? FORBIDDEN : SERVER_ERRORS;
    return new HttpProxyFailure(
        "the SOCKS proxy %s answered with code %d%s: %s"
            .formatted(proxy, reply, replyInWords(reply), advice(status, false)),
        status,
        null);
  }

  private static String replyInWords(int reply) {
    return reply < 1 || reply > SOCKS_REPLIES.size()
        ? ""
        : " (" + SOCKS_REPLIES.get(reply - 1) + ")";
  }

  /**
   * A SOCKS proxy wants a password, or another one.
   *
   * @param proxy its address
   * @param told whether we had one for it
   */
  static HttpProxyFailure socksPassword(String proxy, boolean told) {
    return new HttpProxyFailure(
        "the SOCKS proxy %s %s"
            .formatted(
                proxy,
                told
                    ? "does not take the user and the password that it was told. Correct those in ALL_PROXY or HTTPS_PROXY (%-escaped), or of the JVM's Authenticator"
                    : "wants a user and a password. Put them into ALL_PROXY or HTTPS_PROXY (socks5://user:password@host:port), or set java.net.socks.username and java.net.socks.password where the JVM's own settings name the proxy"),
        PASSWORD_WANTED,
        null);
  }

  /** A proxy that is spoken to by TLS shows a certificate that is not trusted. */
  static HttpProxyFailure untrusted(String proxy, Throwable cause) {
    return new HttpProxyFailure(
        "the certificate of the proxy %s is not trusted: %s. If a private CA issued it, give that CA's certificate: webRoots, or SSL_CERT_FILE; if the name is wrong, correct HTTPS_PROXY; if the proxy speaks no TLS, it is http://"
            .formatted(proxy, TransportErrors.inBrief(cause)),
        PASSWORD_WANTED,
        cause);
  }

  /** A proxy that was to be spoken to by TLS speaks something else. */
  static HttpProxyFailure withoutTls(String proxy, Throwable cause) {
    return new HttpProxyFailure(
        "the proxy %s does not speak TLS. If it is meant to be spoken to in the clear, it is http:// in HTTPS_PROXY"
            .formatted(proxy),
        PASSWORD_WANTED,
        cause);
  }

  /** The proxy itself cannot be reached, or speaks something else. */
  static HttpProxyFailure broken(String proxy, Throwable cause) {
    return new HttpProxyFailure(
        "the proxy %s cannot be used: %s. Check HTTPS_PROXY, ALL_PROXY or the JVM's proxy settings (scheme, host and port), and that the proxy runs"
            .formatted(proxy, TransportErrors.inBrief(cause)),
        NO_ANSWER,
        cause);
  }

  /**
   * Tells a proxy's faults from a server's, for the JDK's client.
   *
   * @param failure what the client threw
   * @return a failure that names the proxy, or {@code failure} itself where no proxy is to blame
   */
  public static Throwable explain(Throwable failure, ProxySelector proxies, URI target) {
    Optional<IOException> refusal = UpgradeTunnels.refusalBehind(proxies, failure);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (chosen(proxies, target).type() != Proxy.Type.HTTP) {
      return failure;
    }
    String proxy = name(proxies, target);
    for (Throwable at = failure; at != null; at = at.getCause()) {
      Matcher refused = TUNNEL_FAILED.matcher(String.valueOf(at.getMessage()));
      if (refused.find()) {
        boolean told = ProxyAuthorization.of(proxies, target).isPresent();
        return refused(proxy, Integer.parseInt(refused.group(1)), told);
      }
      if (at instanceof HttpTimeoutException) {
        return failure;
      }
      if (at instanceof ConnectException || at instanceof UnresolvedAddressException) {
        // The only address that the client itself has connected to is the proxy's.
        return broken(proxy, at);
      }
    }
    return failure;
  }

  /** Which proxy to take. */
  static Proxy chosen(ProxySelector proxies, URI target) {
    return proxies.select(target).stream().findFirst().orElse(Proxy.NO_PROXY);
  }

  /** The proxy's host and port. */
  static String name(ProxySelector proxies, URI target) {
    return name(chosen(proxies, target).address());
  }

  static String name(@Nullable SocketAddress proxy) {
    return proxy instanceof InetSocketAddress address
        ? address.getHostString() + ":" + address.getPort()
        : String.valueOf(proxy);
  }

  /** Whether a person has to correct how the proxy is used. */
  boolean isConfiguration() {
    return isOfPassword(status);
  }

  /** Whether it may pass by itself. */
  boolean isPassing() {
    return status == NO_ANSWER || status == TOO_MANY || status >= SERVER_ERRORS;
  }

  /** For an answer that is none of a proxy. */
  static IOException noProxy() {
    return new IOException("it does not answer as an HTTP proxy");
  }
}
