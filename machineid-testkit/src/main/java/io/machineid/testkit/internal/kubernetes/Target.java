package io.machineid.testkit.internal.kubernetes;

import java.util.List;
import java.util.Optional;

/**
 * What a path points at.
 *
 * @param type the kind
 * @param version the version by which it is addressed
 * @param namespace empty for kinds without one, and for all namespaces
 * @param name empty for a collection
 * @param subresource what follows the name; empty mostly
 */
record Target(
    ResourceType type, String version, String namespace, String name, String subresource) {

  String apiVersion() {
    return ResourceType.apiVersion(type.group(), version);
  }

  ObjectStore.Key key() {
    return new ObjectStore.Key(namespace, name);
  }

  boolean collection() {
    return name.isEmpty();
  }

  /** The target of a path below {@code /api/<version>} or {@code /apis/<group>/<version>}. */
  static Optional<Target> of(List<String> segments, TypeRegistry types) {
    if (segments.size() > 2 && segments.get(0).equals("api")) {
      return in("", segments.get(1), segments.subList(2, segments.size()), types);
    }
    if (segments.size() > 3 && segments.get(0).equals("apis")) {
      List<String> rest = segments.subList(3, segments.size());
      return in(segments.get(1), segments.get(2), rest, types);
    }
    return Optional.empty();
  }

  private static Optional<Target> in(
      String group, String version, List<String> path, TypeRegistry types) {
    if (path.size() > 2 && path.get(0).equals("namespaces")) {
      Optional<Target> inNamespace =
          types
              .byPlural(group, version, path.get(2))
              .filter(ResourceType::namespaced)
              .flatMap(type -> build(type, version, path.get(1), path.subList(3, path.size())));
      if (inNamespace.isPresent()) {
        return inNamespace;
      }
    }
    return types
        .byPlural(group, version, path.get(0))
        .filter(type -> !type.namespaced() || path.size() == 1)
        .flatMap(type -> build(type, version, "", path.subList(1, path.size())));
  }

  private static Optional<Target> build(
      ResourceType type, String version, String namespace, List<String> rest) {
    if (rest.size() > 2 || (rest.size() == 2 && !type.has(rest.get(1)))) {
      return Optional.empty();
    }
    String name = rest.isEmpty() ? "" : rest.get(0);
    return Optional.of(
        new Target(type, version, namespace, name, rest.size() == 2 ? rest.get(1) : ""));
  }
}
