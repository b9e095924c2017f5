package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.machineid.testkit.internal.kubernetes.ResourceType.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Kinds that CustomResourceDefinitions define. */
final class CustomTypes {

  private CustomTypes() {}

  /** Fills in the names that may be left out, and the status of an accepted definition. */
  static void complete(ObjectNode crd) {
    ObjectNode names = Json.child(Json.child(crd, "spec"), "names");
    String kind = Json.text(names, "kind");
    Json.setDefault(names, "singular", kind.toLowerCase(Locale.ROOT));
    Json.setDefault(names, "listKind", kind + "List");
    ObjectNode status = Json.child(crd, "status");
    status.set("acceptedNames", names.deepCopy());
    for (JsonNode version : Json.at(crd, "spec", "versions")) {
      if (version.path("storage").asBoolean()) {
        status.set("storedVersions", Json.strings(List.of(Json.text(version, "name"))));
      }
    }
  }

  /** Says that a definition is in use, since the given time. */
  static void establish(ObjectNode crd, Instant now) {
    ObjectNode status = Json.child(crd, "status");
    if (status.path("conditions").isEmpty()) {
      condition(status, "NamesAccepted", "NoConflicts", "no conflicts found", now);
      condition(status, "Established", "InitialNamesAccepted", "the names are accepted", now);
    }
  }

  private static void condition(
      ObjectNode status, String type, String reason, String message, Instant now) {
    status
        .withArray("conditions")
        .addObject()
        .put("type", type)
        .put("status", "True")
        .put("lastTransitionTime", now.toString())
        .put("reason", reason)
        .put("message", message);
  }

  /** The kind that a definition defines. */
  static ResourceType type(JsonNode crd) {
    JsonNode spec = crd.path("spec");
    JsonNode names = spec.path("names");
    List<String> versions = new ArrayList<>();
    List<String> subresources = new ArrayList<>();
    for (JsonNode version : spec.path("versions")) {
      if (version.path("served").asBoolean(true)) {
        boolean stored = version.path("storage").asBoolean();
        versions.add(stored ? 0 : versions.size(), Json.text(version, "name"));
        version
            .path("subresources")
            .fieldNames()
            .forEachRemaining(
                name -> {
                  if (!subresources.contains(name)) {
                    subresources.add(name);
                  }
                });
      }
    }
    return new ResourceType(
        Json.text(spec, "group"),
        versions,
        Json.text(names, "plural"),
        Json.text(names, "kind"),
        Json.text(spec, "scope").equals("Namespaced"),
        Json.textList(names.path("shortNames")),
        Json.textList(names.path("categories")),
        subresources,
        Origin.CUSTOM);
  }

  /** How a definition wants its objects printed. */
  static List<Column> columns(JsonNode crd, String version) {
    for (JsonNode candidate : Json.at(crd, "spec", "versions")) {
      JsonNode printed = candidate.path("additionalPrinterColumns");
      if (Json.text(candidate, "name").equals(version) && !printed.isEmpty()) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.names());
        printed.forEach(column -> columns.add(column(column)));
        return columns;
      }
    }
    return List.of(Column.names(), Column.age());
  }

  private static Column column(JsonNode definition) {
    String type = Json.text(definition, "type");
    String path = Json.text(definition, "jsonPath");
    return new Column(
        Json.text(definition, "name"),
        type.equals("date") ? "string" : type,
        Json.text(definition, "format"),
        Json.text(definition, "description"),
        definition.path("priority").asInt(0),
        (object, now) -> cell(SimplePath.find(object, path), type, now));
  }

  private static JsonNode cell(JsonNode value, String type, Instant now) {
    if (value.isMissingNode() || value.isNull()) {
      return TextNode.valueOf(type.equals("integer") ? "" : Column.NONE);
    }
    return switch (type) {
      case "date" -> TextNode.valueOf(Ages.since(value.asText(), now));
      case "integer" -> value.isInt() ? value : IntNode.valueOf(value.asInt());
      case "boolean", "number" -> value;
      default -> TextNode.valueOf(value.isValueNode() ? value.asText() : value.toString());
    };
  }
}
