package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who wrote which fields of an object: {@code metadata.managedFields}, read, changed, written. */
final class ManagedFields {

  /**
   * A manager in one of its ways to write.
   *
   * @param name the manager's name
   * @param operation {@code Apply} or {@code Update}
   * @param subresource by which it wrote; empty mostly
   */
  record Manager(String name, String operation, String subresource) {}

  /** What one manager owns. */
  private static final class Entry {
    private final Manager manager;
    private final String apiVersion;
    private String time;
    private final Set<List<String>> paths;

    private Entry(Manager manager, String apiVersion, String time, Set<List<String>> paths) {
      this.manager = manager;
      this.apiVersion = apiVersion;
      this.time = time;
      this.paths = paths;
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  private ManagedFields() {}

  static ManagedFields of(JsonNode object) {
    ManagedFields fields = new ManagedFields();
    for (JsonNode entry : Json.at(object, "metadata", "managedFields")) {
      Manager manager =
          new Manager(
              Json.text(entry, "manager"),
              Json.text(entry, "operation"),
              Json.text(entry, "subresource"));
      Set<List<String>> paths = FieldSet.paths(entry.path("fieldsV1"));
      fields.entries.add(
          new Entry(manager, Json.text(entry, "apiVersion"), Json.text(entry, "time"), paths));
    }
    return fields;
  }

  /** Writes the entries into an object. */
  void into(ObjectNode object) {
    entries.removeIf(entry -> entry.paths.isEmpty());
    ObjectNode metadata = Json.metadata(object);
    metadata.remove("managedFields");
    if (entries.isEmpty()) {
      return;
    }
    ArrayNode list = metadata.putArray("managedFields");
    for (Entry entry : entries) {
      ObjectNode node = list.addObject();
      node.put("manager", entry.manager.name).put("operation", entry.manager.operation);
      node.put("apiVersion", entry.apiVersion).put("time", entry.time);
      node.put("fieldsType", "FieldsV1").set("fieldsV1", FieldSet.tree(entry.paths));
      if (!entry.manager.subresource.isEmpty()) {
        node.put("subresource", entry.manager.subresource);
      }
    }
  }

  /** Books the difference between two forms of an object on the manager that made it. */
  void update(Manager manager, ResourceType type, Difference difference) {
    Map<List<String>, JsonNode> before = FieldSet.of(type, difference.before);
    Map<List<String>, JsonNode> after = FieldSet.of(type, difference.after);
    Set<List<String>> changed = new LinkedHashSet<>();
    after.forEach(
        (path, value) -> {
          if (!value.equals(before.get(path))) {
            changed.add(path);
          }
        });
    Set<List<String>> gone = new HashSet<>(before.keySet());
    gone.removeAll(after.keySet());
    entries.forEach(entry -> entry.paths.removeAll(gone));
    if (!changed.isEmpty()) {
      disown(changed, manager);
      Entry mine = entry(manager, Json.text(difference.after, "apiVersion"));
      mine.paths.addAll(changed);
      mine.time = difference.time();
    }
  }

  /**
   * Two forms of an object.
   *
   * @param before the older one
   * @param after the newer one
   * @param now when it changed
   */
  record Difference(ObjectNode before, ObjectNode after, Instant now) {
    private String time() {
      return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }

  /** What a manager owns by this way of writing. */
  Set<List<String>> owned(Manager manager) {
    Set<List<String>> owned = new LinkedHashSet<>();
    for (Entry entry : entries) {
      if (entry.manager.equals(manager)) {
        owned.addAll(entry.paths);
      }
    }
    return owned;
  }

  /** The other managers that own a field. */
  List<Manager> others(Manager manager, List<String> path) {
    return entries.stream()
        .filter(entry -> !entry.manager.equals(manager) && entry.paths.contains(path))
        .map(entry -> entry.manager)
        .toList();
  }

  /** Replaces what a manager owns. */
  void assign(Manager manager, Set<List<String>> paths, String apiVersion, Instant now) {
    Entry mine = entry(manager, apiVersion);
    if (!mine.paths.equals(paths)) {
      mine.paths.clear();
      mine.paths.addAll(paths);
      mine.time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }

  /** Takes fields from all managers but one. */
  void disown(Set<List<String>> paths, Manager except) {
    for (Entry entry : entries) {
      if (!entry.manager.equals(except)) {
        paths.stream()
            .filter(path -> !path.get(path.size() - 1).equals("."))
            .forEach(entry.paths::remove);
      }
    }
  }

  private Entry entry(Manager manager, String apiVersion) {
    for (Entry entry : entries) {
      if (entry.manager.equals(manager)) {
        return entry;
      }
    }
    Entry entry = new Entry(manager, apiVersion, "", new LinkedHashSet<>());
    entries.add(entry);
    return entry;
  }
}
