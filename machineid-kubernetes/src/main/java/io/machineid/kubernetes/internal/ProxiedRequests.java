package io.machineid.kubernetes.internal;

import io.machineid.ConfigException;
import io.machineid.internal.transport.ProxyAuthorization;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/**
 * HTTP proxies with a password, for the JDK's client. It sends the header to the proxy alone, and
 * basic authentication only where the JVM was started so that it may.
 */
final class ProxiedRequests {

  static final String AUTHORIZATION = "Proxy-Authorization";

  private static final int PASSWORD_WANTED = 407;

  private ProxiedRequests() {}

  /** The request with what its proxy wants to hear. */
  static HttpRequest authorized(HttpRequest request, ProxySelector proxies) {
    Optional<String> value = authorization(request.uri(), proxies);
    if (value.isEmpty() || request.headers().firstValue(AUTHORIZATION).isPresent()) {
      return request;
    }
    return HttpRequest.newBuilder(request, (name, header) -> true)
        .header(AUTHORIZATION, value.get())
        .build();
  }

  static Optional<String> authorization(URI target, ProxySelector proxies) {
    return ProxyAuthorization.of(proxies, target);
  }

  /** Fails where the answer is the proxy's and not the cluster's. */
  static void check(HttpResponse<?> response) {
    if (response.statusCode() == PASSWORD_WANTED) {
      throw new ConfigException(
          "the HTTP proxy wants a user and a password: put them into HTTPS_PROXY, and start the JVM"
              + " with -Djdk.http.auth.tunneling.disabledSchemes= (empty), as the JDK's client sends"
              + " no password through a tunnel otherwise. OkHttp needs no such option",
          null);
    }
  }
}
