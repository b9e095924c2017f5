package io.machineid.testkit.internal.kubernetes;

import java.util.List;

/**
 * A kind of object that the API serves.
 *
 * @param group its API group; empty for the core one
 * @param versions the versions that serve it, preferred first
 * @param plural its name in paths
 * @param kind its name in objects
 * @param namespaced whether its objects live in namespaces
 * @param shortNames what people may type
 * @param categories sets of kinds that it is part of, as in {@code kubectl get all}
 * @param subresources what may follow an object's name in a path
 * @param origin where its definition comes from
 */
record ResourceType(
    String group,
    List<String> versions,
    String plural,
    String kind,
    boolean namespaced,
    List<String> shortNames,
    List<String> categories,
    List<String> subresources,
    Origin origin) {

  /** Where a kind comes from, and with it what may be done. */
  enum Origin {
    /** Known from the start, stored. */
    BUILT_IN,
    /** Known from the start, answered and forgotten: a question put as an object. */
    REVIEW,
    /** Defined by a CustomResourceDefinition. */
    CUSTOM
  }

  ResourceType {
    versions = List.copyOf(versions);
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    subresources = List.copyOf(subresources);
  }

  /** The plural with its group, as messages name it. */
  String qualified() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  String singular() {
    return kind.toLowerCase(java.util.Locale.ROOT);
  }

  String listKind() {
    return kind + "List";
  }

  static String apiVersion(String group, String version) {
    return group.isEmpty() ? version : group + "/" + version;
  }

  boolean custom() {
    return origin == Origin.CUSTOM;
  }

  boolean has(String subresource) {
    return subresources.contains(subresource);
  }

  /** What can be done with objects of this kind, as discovery tells it. */
  List<String> verbs() {
    return origin == Origin.REVIEW
        ? List.of("create")
        : List.of(
            "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  }

  /** Whether objects count changes of their specification in {@code metadata.generation}. */
  boolean countsGenerations() {
    return custom()
        || List.of("apps", "batch", "networking.k8s.io", "policy", "apiextensions.k8s.io")
            .contains(group);
  }
}
