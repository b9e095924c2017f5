package io.machineid.config;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An entry of {@code selectors}: one Kubernetes cluster by its name, or all that carry labels.
 *
 * @param name the cluster's name in Teleport; empty where labels choose
 * @param labels labels with their exact values, all of which a cluster must have; empty where a
 *     name chooses
 * @param defaultNamespace the namespace of the contexts, or empty for none
 */
public record KubernetesSelector(
    Optional<String> name, Map<String, String> labels, Optional<String> defaultNamespace) {

  /**
   * Checks and copies.
   *
   * @param name component {@code name}
   * @param labels component {@code labels}
   * @param defaultNamespace component {@code defaultNamespace}
   */
  public KubernetesSelector {
    labels = Checks.copy(labels);
    Objects.requireNonNull(defaultNamespace, "defaultNamespace");
    if (name.isPresent() != labels.isEmpty()) {
      throw new IllegalArgumentException("a selector has either a name or labels");
    }
  }

  /**
   * Selects one cluster.
   *
   * @param name its name in Teleport
   * @return the selector, without a namespace
   */
  public static KubernetesSelector named(String name) {
    return new KubernetesSelector(Optional.of(name), Map.of(), Optional.empty());
  }

  /**
   * Selects clusters by labels.
   *
   * @param labels labels and their exact values, at least one
   * @return the selector, without a namespace
   */
  public static KubernetesSelector labelled(Map<String, String> labels) {
    return new KubernetesSelector(Optional.empty(), labels, Optional.empty());
  }
}
