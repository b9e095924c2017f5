package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.Locale;

/** The ways to patch an object that do not ask who owns its fields. */
final class Patches {

  /** How a patch is written. */
  enum Format {
    JSON("application/json-patch+json"),
    MERGE("application/merge-patch+json"),
    STRATEGIC("application/strategic-merge-patch+json"),
    APPLY("application/apply-patch+yaml");

    private final String mediaType;

    Format(String mediaType) {
      this.mediaType = mediaType;
    }

    static Format of(String contentType, ResourceType type) {
      String bare = contentType.replaceFirst(";.*", "").trim().toLowerCase(Locale.ROOT);
      for (Format format : values()) {
        if (format.mediaType.equals(bare) && !(format == STRATEGIC && type.custom())) {
          return format;
        }
      }
      throw ApiError.unsupportedMediaType(
          "application/json-patch+json, application/merge-patch+json,"
              + (type.custom() ? " " : " application/strategic-merge-patch+json, ")
              + "application/apply-patch+yaml");
    }
  }

  private Patches() {}

  /** The patched object; the given one may be changed. */
  static ObjectNode apply(Format format, ResourceType type, ObjectNode object, JsonNode patch) {
    if (format == Format.JSON) {
      return json(object, patch);
    }
    if (!(patch instanceof ObjectNode fields)) {
      throw ApiError.badRequest("a patch of this kind is an object");
    }
    if (format == Format.STRATEGIC) {
      new StrategicMerge(type).apply(object, fields);
    } else {
      merge(object, fields);
    }
    return object;
  }

  private static ObjectNode json(ObjectNode object, JsonNode patch) {
    try {
      if (JsonPatch.apply(patch, object) instanceof ObjectNode patched) {
        return patched;
      }
    } catch (JsonPatchException e) {
      throw new ApiError(
          422,
          "Invalid",
          "the server rejected our request due to an error in our request: " + e.getMessage());
    }
    throw ApiError.badRequest("the patch leaves no object");
  }

  private static void merge(ObjectNode object, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (value.isNull()) {
                object.remove(field.getKey());
              } else if (value instanceof ObjectNode fields) {
                merge(Json.child(object, field.getKey()), fields);
              } else {
                object.set(field.getKey(), value.deepCopy());
              }
            });
  }
}
