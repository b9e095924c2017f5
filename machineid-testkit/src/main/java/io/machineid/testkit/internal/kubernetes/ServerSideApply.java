package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.ManagedFields.Manager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Server-side apply: a manager says what it wants, fields of others are not touched. */
final class ServerSideApply {

  private final ResourceType type;
  private final Manager manager;
  private final boolean force;
  private final Instant now;

  ServerSideApply(ResourceType type, Manager manager, boolean force, Instant now) {
    this.type = type;
    this.manager = manager;
    this.force = force;
    this.now = now;
  }

  /** The object with what is wanted of it; the given one may be changed. */
  ObjectNode apply(ObjectNode object, ObjectNode wanted) {
    ManagedFields fields = ManagedFields.of(object);
    Map<List<String>, JsonNode> live = FieldSet.of(type, object);
    Map<List<String>, JsonNode> applied = FieldSet.of(type, wanted);
    Set<List<String>> changed = changed(live, applied);
    if (!force) {
      refuseConflicts(fields, changed, Json.name(wanted));
    }
    Set<List<String>> abandoned = new LinkedHashSet<>(fields.owned(manager));
    abandoned.removeAll(applied.keySet());
    for (List<String> path : abandoned) {
      if (fields.others(manager, path).isEmpty() && !inner(path, applied.keySet())) {
        FieldSet.remove(object, path);
      }
    }
    merge(object, wanted, List.of());
    fields.disown(changed, manager);
    fields.assign(manager, applied.keySet(), Json.text(wanted, "apiVersion"), now);
    fields.into(object);
    return object;
  }

  private static Set<List<String>> changed(
      Map<List<String>, JsonNode> live, Map<List<String>, JsonNode> applied) {
    Set<List<String>> changed = new LinkedHashSet<>();
    applied.forEach(
        (path, value) -> {
          if (!value.equals(live.get(path))) {
            changed.add(path);
          }
        });
    return changed;
  }

  /** Whether a path only says that something exists which has wanted fields within. */
  private static boolean inner(List<String> path, Set<List<String>> applied) {
    if (!path.get(path.size() - 1).equals(".")) {
      return false;
    }
    List<String> prefix = path.subList(0, path.size() - 1);
    return applied.stream()
        .anyMatch(p -> p.size() > prefix.size() && p.subList(0, prefix.size()).equals(prefix));
  }

  private void refuseConflicts(ManagedFields fields, Set<List<String>> changed, String name) {
    ObjectNode details = ApiError.details(type, name);
    List<String> messages = new ArrayList<>();
    for (List<String> path : changed) {
      for (Manager other : fields.others(manager, path)) {
        String message = "conflict with \"" + other.name() + "\"";
        messages.add(message + ": " + dotted(path));
        details
            .withArray("causes")
            .addObject()
            .put("reason", "FieldManagerConflict")
            .put("message", message)
            .put("field", dotted(path));
      }
    }
    if (!messages.isEmpty()) {
      String conflicts = messages.size() == 1 ? "1 conflict: " : messages.size() + " conflicts: ";
      throw new ApiError(
          409, "Conflict", "Apply failed with " + conflicts + String.join(", ", messages), details);
    }
  }

  private static String dotted(List<String> path) {
    StringBuilder text = new StringBuilder();
    for (String step : path) {
      if (step.startsWith("f:")) {
        text.append('.').append(step.substring(2));
      } else if (!step.equals(".")) {
        text.append('[').append(step.substring(2)).append(']');
      }
    }
    return text.toString();
  }

  private void merge(ObjectNode object, ObjectNode wanted, List<String> path) {
    wanted
        .properties()
        .forEach(
            field -> {
              List<String> below = new ArrayList<>(path);
              below.add(field.getKey());
              JsonNode value = field.getValue();
              if (value instanceof ObjectNode fields) {
                merge(Json.child(object, field.getKey()), fields, below);
              } else if (value instanceof ArrayNode items
                  && object.get(field.getKey()) instanceof ArrayNode list) {
                list(list, items, below);
              } else {
                object.set(field.getKey(), value.deepCopy());
              }
            });
  }

  private void list(ArrayNode list, ArrayNode wanted, List<String> path) {
    List<String> keys = MergeKeys.of(type, path);
    if (keys.isEmpty() && !MergeKeys.set(path)) {
      list.removeAll();
      list.addAll(wanted.deepCopy());
      return;
    }
    for (JsonNode item : wanted) {
      int index = keys.isEmpty() ? valueIndex(list, item) : place(list, item, keys);
      if (index < 0) {
        list.add(item.deepCopy());
      } else if (list.get(index) instanceof ObjectNode existing
          && item instanceof ObjectNode fields) {
        merge(existing, fields, path);
      }
    }
  }

  /** The place of an item; a protocol that is left out is TCP. */
  private static int place(ArrayNode list, JsonNode item, List<String> keys) {
    if (keys.contains("protocol") && !item.has("protocol") && item instanceof ObjectNode object) {
      return StrategicMerge.indexOf(list, object.deepCopy().put("protocol", "TCP"), keys);
    }
    return StrategicMerge.indexOf(list, item, keys);
  }

  private static int valueIndex(ArrayNode list, JsonNode value) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).equals(value)) {
        return i;
      }
    }
    return -1;
  }
}
