package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/**
 * What somebody wants to do, as roles speak of it.
 *
 * @param verb {@code get}, {@code list}, …
 * @param group the API group
 * @param resource the plural, with the subresource after a slash
 * @param namespace empty for all, and for what has none
 * @param name empty for all
 * @param path the path of a request that is not about objects; empty otherwise
 */
record Attributes(
    String verb, String group, String resource, String namespace, String name, String path) {

  static Attributes of(ApiRequest request, Target target) {
    ResourceType type = target.type();
    String resource =
        target.subresource().isEmpty() ? type.plural() : type.plural() + "/" + target.subresource();
    String namespace = type.qualified().equals("namespaces") ? target.name() : target.namespace();
    return new Attributes(
        verb(request, target), type.group(), resource, namespace, target.name(), "");
  }

  static Attributes ofPath(ApiRequest request) {
    String verb = request.method().toLowerCase(Locale.ROOT);
    return new Attributes(verb, "", "", "", "", request.exchange().path());
  }

  /** The attributes in the specification of an access review. */
  static Attributes ofReview(JsonNode spec) {
    JsonNode path = spec.path("nonResourceAttributes");
    if (path.isObject()) {
      return new Attributes(Json.text(path, "verb"), "", "", "", "", Json.text(path, "path"));
    }
    JsonNode resource = spec.path("resourceAttributes");
    String sub = Json.text(resource, "subresource");
    String plural = Json.text(resource, "resource");
    return new Attributes(
        Json.text(resource, "verb"),
        Json.text(resource, "group"),
        sub.isEmpty() ? plural : plural + "/" + sub,
        Json.text(resource, "namespace"),
        Json.text(resource, "name"),
        "");
  }

  private static String verb(ApiRequest request, Target target) {
    boolean collection = target.collection();
    return switch (request.method()) {
      case "GET", "HEAD" -> !collection ? "get" : request.flag("watch") ? "watch" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> collection ? "deletecollection" : "delete";
      default -> request.method().toLowerCase(Locale.ROOT);
    };
  }
}
