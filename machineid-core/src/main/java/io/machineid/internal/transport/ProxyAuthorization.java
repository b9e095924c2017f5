package io.machineid.internal.transport;

import java.net.Authenticator;
import java.net.Authenticator.RequestorType;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What a client has to say to an HTTP proxy that wants a password. */
public final class ProxyAuthorization {

  private ProxyAuthorization() {}

  /**
   * The value of {@code Proxy-Authorization}: from the environment's variables, or from the JVM's
   * default {@link Authenticator} where the selector is the JVM's.
   *
   * @param selector which named the proxy
   * @param proxy its address
   * @param target what is to be reached through it
   * @return {@code Basic …}, a secret; empty where nobody knows a password
   */
  public static Optional<String> of(ProxySelector selector, SocketAddress proxy, URI target) {
    if (selector instanceof UpgradeTunnels tunnels) {
      return tunnels.authorization(proxy, target);
    }
    if (selector instanceof ClientProxies clients) {
      return clients.authorization(proxy, target);
    }
    if (selector instanceof EnvironmentProxySelector environment) {
      return environment.authorization(proxy);
    }
    return proxy instanceof InetSocketAddress address ? ask(address, target) : Optional.empty();
  }

  /**
   * The same for the proxy that {@code selector} names for {@code target}.
   *
   * @return empty, too, where there is no proxy
   */
  public static Optional<String> of(ProxySelector selector, URI target) {
    return selector.select(target).stream()
        .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
        .findFirst()
        .flatMap(proxy -> of(selector, proxy.address(), target));
  }

  private static Optional<String> ask(InetSocketAddress proxy, URI target) {
    if (Authenticator.getDefault() == null) {
      return Optional.empty();
    }
    PasswordAuthentication answer =
        Authenticator.requestPasswordAuthentication(
            proxy.getHostString(),
            proxy.getAddress(),
            proxy.getPort(),
            target.getScheme(),
            "",
            "basic",
            null,
            RequestorType.PROXY);
    return Optional.ofNullable(answer).map(ProxyAuthorization::basic);
  }

  /**
   * User and password for a SOCKS proxy: as above, or of the JVM's properties for that.
   *
   * @return a secret; empty where nobody knows them
   */
  static Optional<PasswordAuthentication> ofSocks(
      ProxySelector selector, InetSocketAddress proxy, URI target) {
    if (selector instanceof EnvironmentProxySelector environment) {
      return environment.credentials(proxy);
    }
    String user = System.getProperty("java.net.socks.username");
    if (user != null) {
      String password = System.getProperty("java.net.socks.password", "");
      return Optional.of(new PasswordAuthentication(user, password.toCharArray()));
    }
    return Optional.ofNullable(
        Authenticator.requestPasswordAuthentication(
            proxy.getHostString(),
            proxy.getAddress(),
            proxy.getPort(),
            "SOCKS5",
            "SOCKS authentication",
            null,
            null,
            RequestorType.SERVER));
  }

  /** The header's value. */
  static String basic(PasswordAuthentication known) {
    String pair = known.getUserName() + ":" + new String(known.getPassword());
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
