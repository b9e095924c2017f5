package io.machineid.testkit.internal.kubernetes;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request, taken apart.
 *
 * @param exchange the request itself and the way to answer it
 * @param caller who asks
 * @param segments the path, split and decoded
 * @param parameters the query, decoded
 */
record ApiRequest(
    KubernetesExchange exchange,
    Caller caller,
    List<String> segments,
    Map<String, List<String>> parameters) {

  static ApiRequest of(KubernetesExchange exchange) {
    return new ApiRequest(
        exchange,
        Caller.of(exchange.headers()),
        segments(exchange.path()),
        parameters(exchange.query()));
  }

  String method() {
    return exchange.method();
  }

  String header(String name) {
    return exchange.headers().firstValue(name).orElse("");
  }

  /** The first value of a query parameter; empty where there is none. */
  String parameter(String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  boolean flag(String name) {
    String value = parameter(name);
    return value.equals("true") || value.equals("1");
  }

  /** A number in the query; the default where there is none. */
  long number(String name, long otherwise) {
    String value = parameter(name);
    try {
      return value.isEmpty() ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiError.badRequest("invalid " + name + ": not a number: " + value);
    }
  }

  boolean dryRun() {
    return parameters.getOrDefault("dryRun", List.of()).contains("All");
  }

  /** The name under which changed fields are booked. */
  String fieldManager() {
    String manager = parameter("fieldManager");
    if (!manager.isEmpty()) {
      return manager;
    }
    String agent = header("User-Agent");
    int end = agent.indexOf('/');
    String program = end < 0 ? agent : agent.substring(0, end);
    return program.isEmpty() ? "unknown" : program;
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (!segment.isEmpty()) {
        segments.add(decode(segment.replace("+", "%2B")));
      }
    }
    return segments;
  }

  private static Map<String, List<String>> parameters(String query) {
    Map<String, List<String>> parameters = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiError.badRequest("malformed percent-encoding");
    }
  }
}
