package io.machineid.testkit.internal.role;

import io.machineid.testkit.internal.role.Role.KubernetesResource;

/**
 * One object and what is to be done with it, to be held against the rules of roles.
 *
 * @param kind its kind
 * @param namespace empty for kinds without one
 * @param name empty where it has none yet
 * @param verb what is to be done
 */
record ObjectMatch(KubernetesKind kind, String namespace, String name, String verb) {

  private static final String ANY = "*";

  /** Whether a rule is about this object: about itself, or about the namespace that it is in. */
  boolean coveredBy(KubernetesResource rule) {
    if (!verbMatches(rule, verb)) {
      return false;
    }
    if (grantsNamespace(rule, kind)) {
      return NamePattern.matches(rule.name(), namespace);
    }
    return kindMatches(rule, kind)
        && namespaceMatches(rule, kind, namespace)
        && NamePattern.matches(rule.name(), name);
  }

  /** Whether a rule is about some object of a kind in a namespace (empty: in any). */
  static boolean touches(
      KubernetesResource rule, KubernetesKind kind, String namespace, String verb) {
    if (!verbMatches(rule, verb)) {
      return false;
    }
    if (grantsNamespace(rule, kind)) {
      return namespace.isEmpty() || NamePattern.matches(rule.name(), namespace);
    }
    boolean everywhere = namespace.isEmpty() && kind.namespaced();
    return kindMatches(rule, kind) && (everywhere || namespaceMatches(rule, kind, namespace));
  }

  /** Whether a rule is about all objects of a kind in a namespace (empty: in all). */
  static boolean coversAll(
      KubernetesResource rule, KubernetesKind kind, String namespace, String verb) {
    if (!touches(rule, kind, namespace, verb)) {
      return false;
    }
    boolean everywhere = namespace.isEmpty() && kind.namespaced();
    if (grantsNamespace(rule, kind)) {
      return !everywhere || rule.name().equals(ANY);
    }
    return rule.name().equals(ANY) && (!everywhere || rule.namespace().equals(ANY));
  }

  private static boolean verbMatches(KubernetesResource rule, String verb) {
    return rule.verbs().contains(ANY) || rule.verbs().contains(verb);
  }

  private static boolean grantsNamespace(KubernetesResource rule, KubernetesKind kind) {
    return kind.namespaced() && rule.kind().equals(KubernetesKind.NAMESPACE.teleportName());
  }

  private static boolean kindMatches(KubernetesResource rule, KubernetesKind kind) {
    return rule.kind().equals(ANY) || rule.kind().equals(kind.teleportName());
  }

  private static boolean namespaceMatches(
      KubernetesResource rule, KubernetesKind kind, String namespace) {
    if (kind.namespaced()) {
      return NamePattern.matches(rule.namespace(), namespace);
    }
    // a rule about every kind, but in one namespace, is not about what lives in none
    return !rule.kind().equals(ANY) || rule.namespace().isEmpty() || rule.namespace().equals(ANY);
  }
}
