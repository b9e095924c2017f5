package io.machineid.testkit.internal.kubernetes;

import java.util.List;

/**
 * A request that reached the API.
 *
 * @param method the HTTP method
 * @param path the path and, after {@code ?}, the query
 * @param user the impersonated user; empty where there is none
 * @param groups the impersonated groups, in the order in which they came
 */
public record SeenRequest(String method, String path, String user, List<String> groups) {

  /** Copies. */
  public SeenRequest {
    groups = List.copyOf(groups);
  }

  static SeenRequest of(KubernetesExchange exchange) {
    String query = exchange.query().isEmpty() ? "" : "?" + exchange.query();
    return new SeenRequest(
        exchange.method(),
        exchange.path() + query,
        exchange.headers().firstValue("Impersonate-User").orElse(""),
        exchange.headers().allValues("Impersonate-Group"));
  }
}
