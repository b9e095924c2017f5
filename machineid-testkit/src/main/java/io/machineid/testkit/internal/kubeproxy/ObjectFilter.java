package io.machineid.testkit.internal.kubeproxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.role.KubernetesAccess;
import io.machineid.testkit.internal.role.KubernetesKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes out of lists, tables and watch events what the roles do not allow to be seen. */
record ObjectFilter(KubernetesAccess access, KubernetesKind kind, String verb) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final Set<String> ABOUT_NO_OBJECT = Set.of("BOOKMARK", "ERROR");

  /** The list or table without what must not be seen. */
  byte[] list(byte[] body) throws IOException {
    JsonNode list = JSON.readTree(body);
    filterIn(list);
    return (list + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Names of what is in a list, all of it allowed. */
  static List<String> names(byte[] list) throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode item : JSON.readTree(list).path("items")) {
      names.add(item.path("metadata").path("name").asText());
    }
    return names;
  }

  /** One event of a watch: the same, with fewer rows, or nothing. */
  Optional<String> event(String line) {
    JsonNode event;
    try {
      event = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    JsonNode object = event.path("object");
    if (isAboutNoObject(line)) {
      return Optional.of(line);
    }
    if (object.path("rows").isArray()) {
      filterIn(object);
      return object.path("rows").isEmpty() ? Optional.empty() : Optional.of(event.toString());
    }
    return allowed(object) ? Optional.of(line) : Optional.empty();
  }

  /** Whether an event is a bookmark or an error. */
  static boolean isAboutNoObject(String line) {
    try {
      return ABOUT_NO_OBJECT.contains(JSON.readTree(line).path("type").asText());
    } catch (JsonProcessingException e) {
      return true;
    }
  }

  private void filterIn(JsonNode list) {
    if (list instanceof ObjectNode object) {
      keepAllowed(object.path("items"), "");
      keepAllowed(object.path("rows"), "object");
    }
  }

  private void keepAllowed(JsonNode nodes, String inner) {
    if (nodes instanceof ArrayNode array) {
      for (Iterator<JsonNode> i = array.iterator(); i.hasNext(); ) {
        JsonNode node = i.next();
        if (!allowed(inner.isEmpty() ? node : node.path(inner))) {
          i.remove();
        }
      }
    }
  }

  // an object that does not say its name (a table row without one) cannot be judged, and is hidden
  private boolean allowed(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    String name = metadata.path("name").asText();
    String namespace = kind.namespaced() ? metadata.path("namespace").asText() : "";
    return !name.isEmpty() && access.allows(kind, namespace, name, verb);
  }
}
