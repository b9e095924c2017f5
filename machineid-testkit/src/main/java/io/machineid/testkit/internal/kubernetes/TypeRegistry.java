package io.machineid.testkit.internal.kubernetes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The kinds that are served now. Thread-safe: readers see one immutable list. */
final class TypeRegistry {

  private volatile Map<String, ResourceType> types;

  TypeRegistry() {
    Map<String, ResourceType> builtIn = new LinkedHashMap<>();
    BuiltInTypes.all().forEach(type -> builtIn.put(type.qualified(), type));
    types = builtIn;
  }

  List<ResourceType> all() {
    return List.copyOf(types.values());
  }

  Optional<ResourceType> byPlural(String group, String version, String plural) {
    ResourceType type = types.get(group.isEmpty() ? plural : plural + "." + group);
    return Optional.ofNullable(type).filter(found -> found.versions().contains(version));
  }

  /** The stored kind with this name in objects. */
  Optional<ResourceType> byKind(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    return types.values().stream()
        .filter(type -> type.group().equals(group) && type.kind().equals(kind))
        .filter(type -> type.versions().contains(version))
        .findFirst();
  }

  /** The kind that a person means by its kind, plural, short name or {@code plural.group}. */
  Optional<ResourceType> byAnyName(String name) {
    return types.values().stream()
        .filter(
            type ->
                type.kind().equalsIgnoreCase(name)
                    || type.plural().equalsIgnoreCase(name)
                    || type.qualified().equalsIgnoreCase(name)
                    || type.shortNames().contains(name))
        .findFirst();
  }

  ResourceType core(String plural) {
    return byPlural("", "v1", plural)
        .orElseThrow(() -> new IllegalStateException("no core kind " + plural));
  }

  /** Versions by group, the core group left out, in the order of first mention. */
  Map<String, Set<String>> groups() {
    Map<String, Set<String>> groups = new LinkedHashMap<>();
    for (ResourceType type : types.values()) {
      if (!type.group().isEmpty()) {
        groups.computeIfAbsent(type.group(), g -> new LinkedHashSet<>()).addAll(type.versions());
      }
    }
    return groups;
  }

  /** The kinds of one version of a group, by plural. */
  List<ResourceType> of(String group, String version) {
    List<ResourceType> found = new ArrayList<>();
    for (ResourceType type : types.values()) {
      if (type.group().equals(group) && type.versions().contains(version)) {
        found.add(type);
      }
    }
    found.sort(Comparator.comparing(ResourceType::plural));
    return found;
  }

  void put(ResourceType type) {
    change(map -> map.put(type.qualified(), type));
  }

  void remove(ResourceType type) {
    change(map -> map.remove(type.qualified()));
  }

  private synchronized void change(Consumer<Map<String, ResourceType>> edit) {
    Map<String, ResourceType> copy = new LinkedHashMap<>(types);
    edit.accept(copy);
    types = copy;
  }
}
