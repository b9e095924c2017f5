package io.machineid.testkit.internal.kubeproxy;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Headers of requests and answers, and those that Teleport adds to every answer. */
final class Headers {

  static final String CONTENT_TYPE = "Content-Type";
  static final HttpHeaders JSON = of(Map.of(CONTENT_TYPE, List.of("application/json")));
  static final HttpHeaders TEXT = of(Map.of(CONTENT_TYPE, List.of("text/plain; charset=utf-8")));

  /** Headers that speak of a connection or of the form of a body, not of its content. */
  static final Set<String> OF_CONNECTION =
      caseInsensitive(
          "Connection",
          "Content-Length",
          "Host",
          "HTTP2-Settings",
          "Keep-Alive",
          "Proxy-Authenticate",
          "Proxy-Authorization",
          "Proxy-Connection",
          "TE",
          "Trailer",
          "Transfer-Encoding",
          "Upgrade");

  private static final String CACHE_CONTROL = "Cache-Control";

  private static final Map<String, String> SECURITY =
      Map.of(
          CACHE_CONTROL,
          "no-cache, no-store, must-revalidate",
          "Expires",
          "0",
          "Pragma",
          "no-cache",
          "Referrer-Policy",
          "strict-origin",
          "Strict-Transport-Security",
          "max-age=31536000; includeSubDomains",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "SAMEORIGIN",
          "X-XSS-Protection",
          "1; mode=block");

  private Headers() {}

  static HttpHeaders of(Map<String, List<String>> headers) {
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  static Set<String> caseInsensitive(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(List.of(names));
    return set;
  }

  /** A copy to add to and remove from; names in any case. */
  static Map<String, List<String>> mutable(HttpHeaders headers) {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.map().forEach((name, values) -> copy.put(name, new ArrayList<>(values)));
    return copy;
  }

  static HttpHeaders without(HttpHeaders headers, Set<String> names) {
    return HttpHeaders.of(headers.map(), (name, value) -> !names.contains(name));
  }

  static HttpHeaders with(HttpHeaders headers, String name, String value) {
    Map<String, List<String>> copy = mutable(headers);
    copy.put(name, List.of(value));
    return of(copy);
  }

  /** Adds Teleport's headers once for the proxy, and where the agent was asked, once for it too. */
  static HttpHeaders secured(HttpHeaders headers, Seal seal) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    SECURITY.forEach((name, value) -> copy.put(name, new ArrayList<>(times(seal, name, value))));
    mutable(headers).forEach((name, values) -> into(copy, name).addAll(values));
    return of(copy);
  }

  private static List<String> into(Map<String, List<String>> headers, String name) {
    String known =
        headers.keySet().stream()
            .filter(key -> key.equalsIgnoreCase(name))
            .findFirst()
            .orElse(name);
    return headers.computeIfAbsent(known, key -> new ArrayList<>());
  }

  private static List<String> times(Seal seal, String name, String value) {
    return switch (seal) {
      case NONE -> List.of();
      case PROXY -> List.of(value);
      case AGENT -> List.of(value, value);
      case AGENT_LIST -> name.equals(CACHE_CONTROL) ? List.of(value) : List.of(value, value);
    };
  }

  /** Who put security headers on an answer. */
  enum Seal {
    /** Nobody. */
    NONE,
    /** The proxy alone. */
    PROXY,
    /** The proxy and the Kubernetes agent. */
    AGENT,
    /** Both, where the agent took the answer apart to filter it. */
    AGENT_LIST
  }
}
