package io.machineid.config;

import io.machineid.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What to say about a file of version 1: how each of its keys is written in version 2. */
final class Version1 {

  private static final Map<String, String> STORAGE = new LinkedHashMap<>();
  private static final Map<String, String> DESTINATION = new LinkedHashMap<>();

  static {
    STORAGE.put(
        "directory", "`storage: {directory: X}` becomes `storage: {type: directory, path: X}`");
    STORAGE.put("memory", "`storage: {memory: true}` becomes `storage: {type: memory}`");
    DESTINATION.put(
        "directory", "`directory: X` becomes `destination: {type: directory, path: X}`");
    DESTINATION.put("memory", "`memory: true` becomes `destination: {type: memory}`");
    DESTINATION.put(
        "kubernetes_cluster", "`kubernetes_cluster: X` is kept, with `type: kubernetes` before it");
    DESTINATION.put("cluster", "`cluster: X` is kept, with `type: identity` before it");
    DESTINATION.put("app", "`app` becomes `type: application`, which machineid does not serve");
    DESTINATION.put(
        "database", "`database` becomes `type: database`, which machineid does not serve");
    DESTINATION.put("configs", "`configs` goes: the type of an output says which files it writes");
  }

  private Version1() {}

  static ConfigException error(Section top, boolean hasVersion) {
    List<String> steps = new ArrayList<>();
    steps.add("begin it with `version: v2`");
    node(top, "storage").ifPresent(storage -> add(steps, storage, STORAGE));
    if (top.has("destinations")) {
      steps.add("rename `destinations` to `outputs`");
      destinations(top).forEach(entry -> add(steps, entry, DESTINATION));
    }
    return top.mark("version")
        .error(
            "this is a version 1 configuration"
                + (hasVersion ? "" : " (it has no `version`)")
                + "; convert it with `tbot migrate -c FILE -o NEW_FILE`, or by hand: "
                + String.join("; ", steps));
  }

  private static Optional<YamlNode.Mapping> node(Section section, String key) {
    return section
        .find(key)
        .filter(YamlNode.Mapping.class::isInstance)
        .map(YamlNode.Mapping.class::cast);
  }

  private static List<YamlNode.Mapping> destinations(Section top) {
    return top
        .find("destinations")
        .filter(YamlNode.Sequence.class::isInstance)
        .map(YamlNode.Sequence.class::cast)
        .map(YamlNode.Sequence::items)
        .orElse(List.of())
        .stream()
        .filter(YamlNode.Mapping.class::isInstance)
        .map(YamlNode.Mapping.class::cast)
        .toList();
  }

  private static void add(List<String> steps, YamlNode.Mapping map, Map<String, String> hints) {
    hints.forEach(
        (key, hint) -> {
          if (map.entries().containsKey(key) && !steps.contains(hint)) {
            steps.add(hint);
          }
        });
  }
}
