package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of an object as paths, in the notation of {@code managedFields}: {@code f:name} for a
 * field, {@code k:{…}} for a list item by its keys, {@code v:…} for a value of a set, and a last
 * {@code .} for a map or item itself.
 */
final class FieldSet {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> MAPS =
      Set.of(
          "labels",
          "annotations",
          "data",
          "binaryData",
          "stringData",
          "matchLabels",
          "nodeSelector",
          "limits",
          "requests");
  private static final Set<List<String>> UNOWNED =
      Set.of(
          List.of("f:apiVersion"),
          List.of("f:kind"),
          List.of("f:metadata", "f:name"),
          List.of("f:metadata", "f:namespace"),
          List.of("f:metadata", "f:uid"),
          List.of("f:metadata", "f:resourceVersion"),
          List.of("f:metadata", "f:creationTimestamp"),
          List.of("f:metadata", "f:generation"),
          List.of("f:metadata", "f:deletionTimestamp"),
          List.of("f:metadata", "f:deletionGracePeriodSeconds"),
          List.of("f:metadata", "f:managedFields"));

  private final ResourceType type;
  private final Map<List<String>, JsonNode> values = new LinkedHashMap<>();

  private FieldSet(ResourceType type) {
    this.type = type;
  }

  /** The value at each path of an object that somebody may own. */
  static Map<List<String>, JsonNode> of(ResourceType type, ObjectNode object) {
    FieldSet set = new FieldSet(type);
    set.fields(object, List.of(), List.of());
    return set.values;
  }

  private void fields(ObjectNode node, List<String> path, List<String> names) {
    node.properties()
        .forEach(
            field -> {
              List<String> below = append(path, "f:" + field.getKey());
              if (!UNOWNED.contains(below)) {
                value(field.getValue(), below, append(names, field.getKey()));
              }
            });
  }

  private void value(JsonNode value, List<String> path, List<String> names) {
    if (value instanceof ObjectNode object && !object.isEmpty()) {
      if (MAPS.contains(names.get(names.size() - 1))) {
        values.put(append(path, "."), MAPPER.createObjectNode());
      }
      fields(object, path, names);
    } else if (value instanceof ArrayNode list && !list.isEmpty() && items(list, path, names)) {
      // taken apart
    } else {
      values.put(path, value);
    }
  }

  private boolean items(ArrayNode list, List<String> path, List<String> names) {
    List<String> keys = MergeKeys.of(type, names);
    if (MergeKeys.set(names)) {
      list.forEach(item -> values.put(append(path, "v:" + item), item));
      return true;
    }
    if (keys.isEmpty()) {
      return false;
    }
    for (JsonNode item : list) {
      if (item instanceof ObjectNode object) {
        List<String> below = append(path, "k:" + key(object, keys));
        values.put(append(below, "."), MAPPER.createObjectNode());
        fields(object, below, names);
      }
    }
    return true;
  }

  private static String key(ObjectNode item, List<String> keys) {
    ObjectNode key = Json.object();
    for (String name : keys) {
      if (item.has(name)) {
        key.set(name, item.get(name));
      } else if (name.equals("protocol")) {
        key.put(name, "TCP");
      }
    }
    return key.toString();
  }

  /** Paths as the tree that {@code fieldsV1} holds. */
  static ObjectNode tree(Set<List<String>> paths) {
    ObjectNode tree = Json.object();
    for (List<String> path : paths) {
      ObjectNode node = tree;
      for (String step : path) {
        node = Json.child(node, step);
      }
    }
    return tree;
  }

  /** The paths in a {@code fieldsV1} tree. */
  static Set<List<String>> paths(JsonNode tree) {
    Set<List<String>> paths = new LinkedHashSet<>();
    collect(tree, List.of(), paths);
    return paths;
  }

  private static void collect(JsonNode tree, List<String> path, Set<List<String>> paths) {
    if (tree.isEmpty() && !path.isEmpty()) {
      paths.add(path);
    }
    tree.properties().forEach(f -> collect(f.getValue(), append(path, f.getKey()), paths));
  }

  /** Takes the field or item at a path out of an object. */
  static void remove(ObjectNode object, List<String> path) {
    List<String> steps = path.get(path.size() - 1).equals(".") ? chop(path) : path;
    JsonNode parent = object;
    for (String step : chop(steps)) {
      parent = follow(parent, step);
    }
    String last = steps.get(steps.size() - 1);
    if (parent instanceof ObjectNode node && last.startsWith("f:")) {
      node.remove(last.substring(2));
    } else if (parent instanceof ArrayNode list) {
      for (int i = list.size() - 1; i >= 0; i--) {
        if (matches(list.get(i), last)) {
          list.remove(i);
        }
      }
    }
  }

  private static JsonNode follow(JsonNode node, String step) {
    if (step.startsWith("f:")) {
      return node.path(step.substring(2));
    }
    for (JsonNode item : node) {
      if (matches(item, step)) {
        return item;
      }
    }
    return node.path("no such item");
  }

  private static boolean matches(JsonNode item, String step) {
    try {
      JsonNode wanted = MAPPER.readTree(step.substring(2));
      if (step.startsWith("v:")) {
        return item.equals(wanted);
      }
      return wanted.properties().stream()
          .allMatch(
              key ->
                  item.path(key.getKey()).equals(key.getValue())
                      || (key.getKey().equals("protocol") && !item.has("protocol")));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static List<String> chop(List<String> path) {
    return path.subList(0, path.size() - 1);
  }

  private static List<String> append(List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }
}
