package io.machineid.internal.transport;

import io.machineid.ConfigException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the proxy that {@code HTTPS_PROXY} (for {@code http} and {@code ws}: {@code HTTP_PROXY})
 * and {@code NO_PROXY} name, with the meaning that they have for Teleport's own programs and for
 * {@code kubectl}; where the one in question is not set, {@code ALL_PROXY}, which those do not
 * know. Names are not resolved: the proxy does that. Immutable.
 *
 * <p>Connections that are no requests of HTTP go through the proxy for plain HTTP where there is
 * none for {@code https}; that, too, is as Teleport's own programs do it.
 *
 * <p>What it selects may be a SOCKS proxy, or one that is spoken to by TLS: {@link Dialer} knows
 * them all, HTTP clients need {@link ClientProxies}.
 */
public final class EnvironmentProxySelector extends ProxySelector {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final AtomicBoolean TOLD_OF_FOR_ALL = new AtomicBoolean();
  private static final String FOR_ALL = "ALL_PROXY";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final Set<String> PLAIN = Set.of("http", "ws");

  private final @Nullable ProxyServer forTls;
  private final @Nullable ProxyServer forPlain;
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
    ProxyServer server = isPlain(target) ? forPlain : forTls;
    String host = Objects.requireNonNullElse(target.getHost(), "");
    if (server == null || local.test(NoProxy.bare(host)) || exceptions.covers(host, port(target))) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(server.proxy());
  }

  /**
   * Which proxy connections of bytes go through, as Teleport's own programs choose it: that for
   * {@code https}, or where there is none, that for {@code http}.
   *
   * @param address where to
   */
  Proxy forBytes(HostPort address) {
    return Stream.of("https", "http")
        .flatMap(scheme -> select(URI.create(scheme + "://" + address)).stream())
        .filter(proxy -> proxy.type() != Proxy.Type.DIRECT)
        .findFirst()
        .orElse(Proxy.NO_PROXY);
  }

  /**
   * The value of {@code Proxy-Authorization} for a proxy that {@link #select} has named.
   *
   * @param proxy its address
   * @return {@code Basic …}, a secret; empty where the variable has no user
   */
  public Optional<String> authorization(SocketAddress proxy) {
    return credentials(proxy).map(ProxyAuthorization::basic);
  }

  /** User and password of a proxy that {@link #select} has named, a secret. */
  Optional<PasswordAuthentication> credentials(SocketAddress proxy) {
    for (ProxyServer server : new ProxyServer[] {forTls, forPlain}) {
      if (server != null && proxy instanceof InetSocketAddress address && server.is(address)) {
        return server.credentials();
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

  private static @Nullable ProxyServer server(Map<String, String> environment, String name) {
    String value = value(environment, name).strip();
    return value.isEmpty()
        ? forAll(environment)
        : ProxyServer.parse(value).orElseThrow(() -> unusable(name));
  }

  /** Desktops set this one for programs of all kinds, so that it may not be meant for us. */
  private static @Nullable ProxyServer forAll(Map<String, String> environment) {
    String value = value(environment, FOR_ALL).strip();
    ProxyServer server = ProxyServer.parse(value).orElse(null);
    if (server == null && !value.isEmpty() && TOLD_OF_FOR_ALL.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          FOR_ALL
              + " in the environment is not a proxy that can be used (http, https or socks5), and is ignored");
    }
    return server;
  }

  /** The value may hold a password: it stays out of the message, and so does what quotes it. */
  private static ConfigException unusable(String name) {
    return new ConfigException(
        name
            + " in the environment is not a proxy that can be used: it must be http://host:port,"
            + " https://host:port or socks5://host:port, with user:password@ before the host where"
            + " the proxy wants that",
        null);
  }
}
