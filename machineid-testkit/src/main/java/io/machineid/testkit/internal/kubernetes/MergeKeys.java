package io.machineid.testkit.internal.kubernetes;

import java.util.List;

/** Which lists are maps in disguise: their items are told apart by keys, not by place. */
final class MergeKeys {

  private MergeKeys() {}

  /**
   * The keys of the items of a list; empty where the list is replaced as a whole.
   *
   * @param type the kind of object
   * @param path the names of the fields that lead to the list, its own last
   */
  static List<String> of(ResourceType type, List<String> path) {
    String field = path.get(path.size() - 1);
    if (field.equals("ownerReferences") && path.get(0).equals("metadata")) {
      return List.of("uid");
    }
    if (type.custom()) {
      return List.of();
    }
    return switch (field) {
      case "containers", "initContainers", "ephemeralContainers", "env", "volumes" ->
          List.of("name");
      case "imagePullSecrets", "resourceClaims", "schedulingGates", "webhooks" -> List.of("name");
      case "volumeMounts" -> List.of("mountPath");
      case "volumeDevices" -> List.of("devicePath");
      case "hostAliases", "podIPs", "hostIPs" -> List.of("ip");
      case "topologySpreadConstraints" -> List.of("topologyKey", "whenUnsatisfiable");
      case "conditions" -> List.of("type");
      case "ports" -> ports(type, path);
      case "secrets" -> type.plural().equals("serviceaccounts") ? List.of("name") : List.of();
      case "addresses" -> type.plural().equals("nodes") ? List.of("type") : List.of();
      default -> List.of();
    };
  }

  /** Whether a list of plain values is a set. */
  static boolean set(List<String> path) {
    return path.equals(List.of("metadata", "finalizers"));
  }

  private static List<String> ports(ResourceType type, List<String> path) {
    if (type.qualified().equals("services")) {
      return List.of("port", "protocol");
    }
    return path.contains("containers") || path.contains("initContainers")
        ? List.of("containerPort", "protocol")
        : List.of();
  }
}
