package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.ObjectWriter.Write;
import java.util.List;
import java.util.StringJoiner;

/** The {@code scale} subresource: how many replicas, whatever the kind. */
final class Scales {

  private final ObjectWriter writer;
  private final Answers answers;

  Scales(ObjectWriter writer, Answers answers) {
    this.writer = writer;
    this.answers = answers;
  }

  void answer(ApiRequest request, Target target) {
    switch (request.method()) {
      case "GET" -> answers.document(request, 200, scale(writer.require(target)));
      case "PUT", "PATCH" -> answers.document(request, 200, scale(change(request, target)));
      default -> throw ApiError.methodNotAllowed();
    }
  }

  private ObjectNode change(ApiRequest request, Target target) {
    JsonNode body = RequestBody.document(request);
    boolean patch = request.method().equals("PATCH");
    return writer.update(
        target,
        Write.of(request, target),
        current -> {
          JsonNode wanted = patch ? patched(request, target, current, body) : body;
          String version = Json.version(wanted);
          if (!Json.at(wanted, "spec", "replicas").canConvertToInt()) {
            throw ApiError.badRequest("spec.replicas is not a number");
          }
          Json.child(current, "spec").set("replicas", Json.at(wanted, "spec", "replicas"));
          if (!version.isEmpty()) {
            Json.metadata(current).put("resourceVersion", version);
          }
          return current;
        });
  }

  private static ObjectNode patched(
      ApiRequest request, Target target, ObjectNode current, JsonNode patch) {
    Patches.Format format = Patches.Format.of(request.header("Content-Type"), target.type());
    Patches.Format used = format == Patches.Format.JSON ? format : Patches.Format.MERGE;
    return Patches.apply(used, target.type(), scale(current), patch.deepCopy());
  }

  private static ObjectNode scale(ObjectNode object) {
    ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      if (Json.at(object, "metadata").has(field)) {
        metadata.set(field, Json.at(object, "metadata", field));
      }
    }
    scale.putObject("spec").put("replicas", Json.at(object, "spec", "replicas").asInt(0));
    StringJoiner selector = new StringJoiner(",");
    Json.at(object, "spec", "selector", "matchLabels")
        .properties()
        .forEach(label -> selector.add(label.getKey() + "=" + label.getValue().asText()));
    scale
        .putObject("status")
        .put("replicas", Json.at(object, "status", "replicas").asInt(0))
        .put("selector", selector.toString());
    return scale;
  }
}
