package io.machineid.internal.transport;

import io.machineid.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the HTTP proxy that {@code HTTPS_PROXY} (for {@code http} and {@code ws}: {@code
 * HTTP_PROXY}) and {@code NO_PROXY} name, with the meaning that they have for Teleport's own
 * programs and for {@code kubectl}. Names are not resolved: the proxy does that. Immutable.
 */
public final class EnvironmentProxySelector extends ProxySelector {

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final Set<String> PLAIN = Set.of("http", "ws");

  private final @Nullable Server forTls;
  private final @Nullable Server forPlain;
  private final NoProxy exceptions;
  private final Predicate<String> local;

  /**
   * Reads the variables.
   *
   * @param environment such as {@link System#getenv()}
   * @throws ConfigException when a proxy cannot be used, naming the variable and not its value
   */
  public EnvironmentProxySelector(Map<String, String> environment) {
    this(environment, NoProxy::isLoopback);
  }

  /**
   * Reads the variables.
   *
   * @param local which hosts are never reached through a proxy, whatever the variables say
   */
  EnvironmentProxySelector(Map<String, String> environment, Predicate<String> local) {
    this.forTls = server(environment, "HTTPS_PROXY");
    this.forPlain = server(environment, "HTTP_PROXY");
    this.exceptions = NoProxy.parse(value(environment, "NO_PROXY"));
    this.local = local;
  }

  /**
   * What this process shall use: the JVM's selector where somebody has told the JVM about proxies,
   * or else the environment.
   *
   * @throws ConfigException as the constructor
   */
  public static ProxySelector ofThisProcess() {
    ProxySelector jvm = ProxySelector.getDefault();
    return jvm != null && (!isPlatforms(jvm) || hasJvmSettings())
        ? jvm
        : new EnvironmentProxySelector(System.getenv());
  }

  private static boolean isPlatforms(ProxySelector selector) {
    return selector.getClass().getName().equals("sun.net.spi.DefaultProxySelector");
  }

  private static boolean hasJvmSettings() {
    return Boolean.getBoolean("java.net.useSystemProxies")
        || List.of("https.proxyHost", "http.proxyHost", "socksProxyHost").stream()
            .map(System::getProperty)
            .anyMatch(host -> host != null && !host.isEmpty());
  }

  @Override
  public List<Proxy> select(URI target) {
    Server server = isPlain(target) ? forPlain : forTls;
    String host = Objects.requireNonNullElse(target.getHost(), "");
    if (server == null || local.test(NoProxy.bare(host)) || exceptions.covers(host, port(target))) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(
        new Proxy(
            Proxy.Type.HTTP, InetSocketAddress.createUnresolved(server.host(), server.port())));
  }

  /**
   * The value of {@code Proxy-Authorization} for a proxy that {@link #select} has named.
   *
   * @param proxy its address
   * @return {@code Basic …}, a secret; empty where the variable has no user
   */
  public Optional<String> authorization(SocketAddress proxy) {
    for (Server server : new Server[] {forTls, forPlain}) {
      if (server != null && proxy instanceof InetSocketAddress address && server.is(address)) {
        return server.authorization();
      }
    }
    return Optional.empty();
  }

  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
    // there is no other proxy to turn to
  }

  /** Without the addresses: they may carry a password. */
  @Override
  public String toString() {
    return "EnvironmentProxySelector[HTTPS_PROXY "
        + (forTls == null ? "unset" : "set")
        + ", HTTP_PROXY "
        + (forPlain == null ? "unset" : "set")
        + "]";
  }

  private static boolean isPlain(URI target) {
    return target.getScheme() != null && PLAIN.contains(target.getScheme());
  }

  private static int port(URI target) {
    if (target.getPort() >= 0) {
      return target.getPort();
    }
    return isPlain(target) ? HTTP_PORT : HTTPS_PORT;
  }

  private static String value(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private static @Nullable Server server(Map<String, String> environment, String name) {
    String value = value(environment, name).strip();
    if (value.isEmpty()) {
      return null;
    }
    try {
      URI uri = new URI(value.contains("://") ? value : "http://" + value);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
        return new Server(
            NoProxy.bare(uri.getHost()),
            uri.getPort() < 0 ? HTTP_PORT : uri.getPort(),
            Optional.ofNullable(uri.getRawUserInfo()).map(EnvironmentProxySelector::basic));
      }
    } catch (URISyntaxException e) {
      throw unusable(name);
    }
    throw unusable(name);
  }

  /** The value may hold a password: it stays out of the message, and so does what quotes it. */
  private static ConfigException unusable(String name) {
    return new ConfigException(
        name
            + " in the environment is not a proxy that can be used: it must be http://host:port or"
            + " http://user:password@host:port. A proxy that is spoken to by TLS (https://) or SOCKS"
            + " (socks5://) needs an HTTP proxy before it",
        null);
  }

  private static String basic(String userInfo) {
    int colon = userInfo.indexOf(':');
    String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    String password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private static String decoded(String escaped) {
    return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** A proxy; not printed, since it may carry a password. */
  private static final class Server {
    private final String host;
    private final int port;
    private final Optional<String> authorization;

    Server(String host, int port, Optional<String> authorization) {
      this.host = host;
      this.port = port;
      this.authorization = authorization;
    }

    String host() {
      return host;
    }

    int port() {
      return port;
    }

    Optional<String> authorization() {
      return authorization;
    }

    boolean is(InetSocketAddress address) {
      return address.getPort() == port && address.getHostString().equalsIgnoreCase(host);
    }
  }
}
