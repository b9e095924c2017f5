package io.machineid.internal.transport;

import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A proxy as a variable of the environment names it; not printed, since it may hold a password. */
final class ProxyServer {

  private static final Map<String, Integer> USUAL_PORTS =
      Map.of("http", 80, "https", 443, "socks5", 1080, "socks5h", 1080, "socks", 1080);

  private final Proxy proxy;
  private final String host;
  private final int port;
  private final Optional<String> userInfo;

  private ProxyServer(String scheme, String host, int port, Optional<String> userInfo) {
    this.host = host;
    this.port = port;
    this.userInfo = userInfo;
    InetSocketAddress address = InetSocketAddress.createUnresolved(host, port);
    this.proxy =
        switch (scheme) {
          case "http" -> new Proxy(Proxy.Type.HTTP, address);
          case "https" -> new SecureProxy(address);
          default -> new Proxy(Proxy.Type.SOCKS, address);
        };
  }

  /**
   * Reads one: {@code [scheme://][user[:password]@]host[:port]}.
   *
   * @return empty where it is none
   */
  static Optional<ProxyServer> parse(String text) {
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      Integer usual = USUAL_PORTS.get(scheme);
      return usual == null || uri.getHost() == null
          ? Optional.empty()
          : Optional.of(
              new ProxyServer(
                  scheme,
                  NoProxy.bare(uri.getHost()),
                  uri.getPort() < 0 ? usual : uri.getPort(),
                  Optional.ofNullable(uri.getRawUserInfo())));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  Proxy proxy() {
    return proxy;
  }

  boolean is(InetSocketAddress address) {
    return address.getPort() == port && address.getHostString().equalsIgnoreCase(host);
  }

  /** User and password, a secret. */
  Optional<PasswordAuthentication> credentials() {
    return userInfo.map(
        info -> {
          int colon = info.indexOf(':');
          String user = decoded(colon < 0 ? info : info.substring(0, colon));
          String password = colon < 0 ? "" : decoded(info.substring(colon + 1));
          return new PasswordAuthentication(user, password.toCharArray());
        });
  }

  private static String decoded(String escaped) {
    return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
