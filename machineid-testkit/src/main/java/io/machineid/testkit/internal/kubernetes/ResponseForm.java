package io.machineid.testkit.internal.kubernetes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How an answer is to look, agreed on by the {@code Accept} header.
 *
 * @param shape what becomes of objects
 * @param yaml YAML instead of JSON
 * @param pretty with line breaks
 * @param apiVersion the version of {@code meta.k8s.io} of tables and bare metadata
 */
record ResponseForm(Shape shape, boolean yaml, boolean pretty, String apiVersion) {

  /** What becomes of objects in an answer. */
  enum Shape {
    OBJECTS,
    TABLE,
    METADATA
  }

  private record Offer(String type, Map<String, String> parameters, double quality) {}

  String contentType() {
    return yaml ? "application/yaml" : "application/json";
  }

  /** The form of the first acceptable offer; protobuf counts as JSON where nothing else fits. */
  static ResponseForm of(ApiRequest request) {
    boolean pretty = request.flag("pretty") || request.header("User-Agent").startsWith("curl/");
    List<String> accept = request.exchange().headers().allValues("Accept");
    if (accept.isEmpty()) {
      return new ResponseForm(Shape.OBJECTS, false, pretty, "");
    }
    boolean protobuf = false;
    for (Offer offer : offers(String.join(",", accept))) {
      boolean yaml = offer.type.equals("application/yaml");
      boolean json = List.of("application/json", "application/*", "*/*").contains(offer.type);
      protobuf |= offer.type.equals("application/vnd.kubernetes.protobuf");
      Shape shape = shape(offer.parameters.getOrDefault("as", ""));
      String version = "meta.k8s.io/" + offer.parameters.getOrDefault("v", "v1");
      if ((yaml || json) && (shape == Shape.OBJECTS || offer.parameters.containsKey("g"))) {
        return new ResponseForm(shape, yaml, pretty, version);
      }
    }
    if (protobuf || accept.stream().anyMatch(value -> value.contains("text/"))) {
      return new ResponseForm(Shape.OBJECTS, false, pretty, "");
    }
    throw ApiError.notAcceptable();
  }

  private static Shape shape(String as) {
    return switch (as) {
      case "Table" -> Shape.TABLE;
      case "PartialObjectMetadata", "PartialObjectMetadataList" -> Shape.METADATA;
      default -> Shape.OBJECTS;
    };
  }

  private static List<Offer> offers(String accept) {
    List<Offer> offers = new ArrayList<>();
    for (String part : accept.split(",", -1)) {
      String[] fields = part.trim().split("\\s*;\\s*", -1);
      Map<String, String> parameters = new HashMap<>();
      for (int i = 1; i < fields.length; i++) {
        int equals = fields[i].indexOf('=');
        if (equals > 0) {
          parameters.put(fields[i].substring(0, equals), fields[i].substring(equals + 1));
        }
      }
      offers.add(
          new Offer(fields[0].toLowerCase(Locale.ROOT), parameters, quality(parameters.get("q"))));
    }
    offers.sort(Comparator.comparingDouble(offer -> -offer.quality));
    return offers;
  }

  private static double quality(@org.jspecify.annotations.Nullable String text) {
    try {
      return text == null ? 1 : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
