package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Strategic merge patch: a merge patch that knows the lists whose items have keys. */
final class StrategicMerge {

  private static final String PATCH = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
  private static final String ORDER = "$setElementOrder/";

  private final ResourceType type;

  StrategicMerge(ResourceType type) {
    this.type = type;
  }

  /** Changes the object as the patch says. */
  void apply(ObjectNode object, ObjectNode patch) {
    merge(object, patch, List.of());
  }

  private void merge(ObjectNode object, ObjectNode patch, List<String> path) {
    switch (Json.text(patch, PATCH)) {
      case "replace" -> {
        object.removeAll();
        object.setAll(patch.deepCopy());
        object.remove(PATCH);
        return;
      }
      case "delete" -> {
        object.removeAll();
        return;
      }
      default -> {
        // merged below
      }
    }
    if (patch.path(RETAIN).isArray()) {
      object.retain(Json.textList(patch.path(RETAIN)));
    }
    patch.properties().forEach(field -> field(object, field.getKey(), field.getValue(), path));
    patch.properties().forEach(field -> order(object, field.getKey(), field.getValue(), path));
  }

  private void field(ObjectNode object, String name, JsonNode value, List<String> path) {
    if (name.startsWith(DELETE_VALUES)) {
      removeValues(object.path(name.substring(DELETE_VALUES.length())), value);
    } else if (!name.startsWith("$")) {
      set(object, name, value, append(path, name));
    }
  }

  private void set(ObjectNode object, String name, JsonNode value, List<String> path) {
    if (value.isNull()) {
      object.remove(name);
    } else if (value instanceof ObjectNode patch) {
      if (Json.text(patch, PATCH).equals("delete")) {
        object.remove(name);
      } else {
        merge(Json.child(object, name), patch, path);
      }
    } else if (value instanceof ArrayNode patch) {
      ArrayNode list =
          object.get(name) instanceof ArrayNode existing ? existing : object.putArray(name);
      list(list, patch, path);
    } else {
      object.set(name, value);
    }
  }

  private void list(ArrayNode list, ArrayNode patch, List<String> path) {
    List<String> keys = MergeKeys.of(type, path);
    if (MergeKeys.set(path)) {
      patch.forEach(value -> addOnce(list, value));
    } else if (keys.isEmpty() || replaces(patch)) {
      list.removeAll();
      patch.forEach(item -> addUnlessDirective(list, item));
    } else {
      patch.forEach(item -> item(list, item, keys.subList(0, 1), path));
    }
  }

  private void item(ArrayNode list, JsonNode item, List<String> keys, List<String> path) {
    if (!(item instanceof ObjectNode patch)) {
      throw ApiError.badRequest("an item of " + String.join(".", path) + " is not an object");
    }
    int index = indexOf(list, patch, keys);
    if (Json.text(patch, PATCH).equals("delete")) {
      if (index >= 0) {
        list.remove(index);
      }
    } else if (index >= 0 && list.get(index) instanceof ObjectNode existing) {
      merge(existing, patch, path);
    } else {
      merge(list.addObject(), patch, path);
    }
  }

  /** The place of the item with the same keys; -1 where there is none. */
  static int indexOf(ArrayNode list, JsonNode item, List<String> keys) {
    for (int i = 0; i < list.size(); i++) {
      JsonNode candidate = list.get(i);
      if (keys.stream().allMatch(key -> candidate.path(key).equals(item.path(key)))) {
        return i;
      }
    }
    return -1;
  }

  private void order(ObjectNode object, String name, JsonNode order, List<String> path) {
    if (!name.startsWith(ORDER)) {
      return;
    }
    String field = name.substring(ORDER.length());
    if (object.get(field) instanceof ArrayNode list) {
      List<String> keys = MergeKeys.of(type, append(path, field));
      List<JsonNode> rest = new ArrayList<>();
      list.forEach(rest::add);
      List<JsonNode> sorted = new ArrayList<>();
      for (JsonNode wanted : order) {
        rest.removeIf(item -> same(item, wanted, keys) && sorted.add(item));
      }
      list.removeAll();
      list.addAll(sorted);
      list.addAll(rest);
    }
  }

  private static boolean same(JsonNode item, JsonNode wanted, List<String> keys) {
    return keys.isEmpty()
        ? item.equals(wanted)
        : item.path(keys.get(0)).equals(wanted.path(keys.get(0)));
  }

  private static boolean replaces(ArrayNode patch) {
    for (JsonNode item : patch) {
      if (Json.text(item, PATCH).equals("replace")) {
        return true;
      }
    }
    return false;
  }

  private static void addUnlessDirective(ArrayNode list, JsonNode item) {
    if (!item.has(PATCH)) {
      list.add(item.deepCopy());
    }
  }

  private static void addOnce(ArrayNode list, JsonNode value) {
    for (JsonNode existing : list) {
      if (existing.equals(value)) {
        return;
      }
    }
    list.add(value);
  }

  private static void removeValues(@Nullable JsonNode list, JsonNode values) {
    if (list instanceof ArrayNode array) {
      for (JsonNode value : values) {
        for (int i = array.size() - 1; i >= 0; i--) {
          if (array.get(i).equals(value)) {
            array.remove(i);
          }
        }
      }
    }
  }

  private static List<String> append(List<String> path, String field) {
    List<String> longer = new ArrayList<>(path);
    longer.add(field);
    return longer;
  }
}
