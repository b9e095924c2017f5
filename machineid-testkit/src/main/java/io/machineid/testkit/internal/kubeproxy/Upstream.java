package io.machineid.testkit.internal.kubeproxy;

import java.net.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a request looks like when it leaves for the Kubernetes API. */
final class Upstream {

  private static final Set<String> DROPPED =
      Headers.caseInsensitive("Authorization", "Accept-Encoding", "Expect", "X-Real-Ip");

  private static final List<String> DROPPED_PREFIXES =
      List.of("impersonate-", "teleport-", "x-forwarded-", "x-http2-");

  private static final Set<String> OF_UPGRADES = Headers.caseInsensitive("Connection", "Upgrade");
  private static final String ALPN_NAME = "kube-teleport-proxy-alpn.teleport.cluster.local";
  private static final String JSON = "application/json";

  private Upstream() {}

  static HttpHeaders headers(ClientRequest request, Principals principals) {
    Map<String, List<String>> headers = Headers.mutable(request.headers());
    headers.keySet().removeIf(name -> dropped(name, request.upgradeRequested()));
    headers.put("Impersonate-User", List.of(principals.user()));
    headers.put("Impersonate-Group", principals.groups());
    forwarded(headers, request);
    return Headers.of(headers);
  }

  private static boolean dropped(String name, boolean upgrade) {
    String lower = name.toLowerCase(Locale.ROOT);
    return DROPPED.contains(name)
        || (Headers.OF_CONNECTION.contains(name) && !(upgrade && OF_UPGRADES.contains(name)))
        || DROPPED_PREFIXES.stream().anyMatch(lower::startsWith);
  }

  // most come twice: once from the proxy, once from the agent
  private static void forwarded(Map<String, List<String>> headers, ClientRequest request) {
    ClientRequest.Origin origin = request.origin();
    headers.put("X-Forwarded-For", List.of(origin.clientIp()));
    headers.put("X-Forwarded-Host", List.of(origin.host(), ALPN_NAME));
    headers.put("X-Forwarded-Path", List.of(request.path(), request.path()));
    headers.put("X-Forwarded-Port", List.of(Integer.toString(origin.port())));
    headers.put("X-Forwarded-Proto", List.of("https", "https"));
    headers.put("X-Forwarded-Server", List.of("teleport"));
    headers.put("X-Real-Ip", List.of(origin.clientIp()));
  }

  /** Asks for JSON only, keeping its forms (such as tables) in the client's order. */
  static HttpHeaders jsonOnly(HttpHeaders headers) {
    List<String> forms =
        headers.allValues("Accept").stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(String::trim)
            .filter(form -> form.startsWith(JSON))
            .toList();
    return Headers.with(headers, "Accept", forms.isEmpty() ? JSON : String.join(",", forms));
  }
}
