package io.machineid.internal.transport;

import io.machineid.ConfigException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;

/**
 * HTTP proxies with a password, for the JDK's client. It sends the header to the proxy alone, and
 * basic authentication only where the JVM was started so that it may.
 */
public final class ProxiedRequests {

  /** The header that carries the password. */
  public static final String AUTHORIZATION = "Proxy-Authorization";

  private static final String DISABLED_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";
  private static final int PASSWORD_WANTED = 407;

  private ProxiedRequests() {}

  /** Whether the JDK's client may tell an HTTP proxy a password, as it may not by default. */
  static boolean tellsPasswords() {
    String disabled = System.getProperty(DISABLED_SCHEMES);
    return disabled != null && !disabled.toLowerCase(Locale.ROOT).contains("basic");
  }

  /** The request with what its proxy wants to hear. */
  public static HttpRequest authorized(HttpRequest request, ProxySelector proxies) {
    Optional<String> value = authorization(request.uri(), proxies);
    if (value.isEmpty() || request.headers().firstValue(AUTHORIZATION).isPresent()) {
      return request;
    }
    return HttpRequest.newBuilder(request, (name, header) -> true)
        .header(AUTHORIZATION, value.get())
        .build();
  }

  /** The value of the header, a secret; empty where there is no proxy, or no password. */
  public static Optional<String> authorization(URI target, ProxySelector proxies) {
    return ProxyAuthorization.of(proxies, target);
  }

  /**
   * Fails where the answer is the proxy's and not the cluster's.
   *
   * @throws ConfigException saying what the proxy wants
   */
  public static void check(HttpResponse<?> response, ProxySelector proxies) {
    if (response.statusCode() == PASSWORD_WANTED) {
      URI target = response.uri();
      HttpProxyFailure failure =
          HttpProxyFailure.refused(
              HttpProxyFailure.name(proxies, target),
              PASSWORD_WANTED,
              authorization(target, proxies).isPresent());
      String advice =
          System.getProperty(DISABLED_SCHEMES) == null
              ? ". Where they are right, start the JVM with -D"
                  + DISABLED_SCHEMES
                  + "= (empty), as the JDK's client sends no password through a tunnel otherwise."
                  + " OkHttp needs no such option"
              : "";
      throw new ConfigException(
          "%s %s at %s: %s%s"
              .formatted(
                  response.request().method(),
                  target.getPath(),
                  target.getAuthority(),
                  failure.getMessage(),
                  advice),
          null);
    }
  }
}
