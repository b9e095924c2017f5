package io.machineid.kubernetes;

import io.machineid.KubernetesCluster;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which Kubernetes clusters a {@link KubernetesFleet} is made of: one by its name, or all that have
 * some labels.
 *
 * @param name the name in Teleport, or the name that one cluster was discovered by; empty to select
 *     by labels
 * @param labels labels that a cluster must have, all of them; a value {@code *} is any value, and
 *     the key {@code *} with it is every cluster
 * @param defaultNamespace the namespace of the cluster's context in the kubeconfig
 */
public record ClusterSelector(
    Optional<String> name, Map<String, String> labels, Optional<String> defaultNamespace) {

  private static final String ANY = "*";

  /**
   * Checks and copies.
   *
   * @param name component {@code name}
   * @param labels component {@code labels}
   * @param defaultNamespace component {@code defaultNamespace}
   * @throws IllegalArgumentException unless there is either a name or labels
   */
  public ClusterSelector {
    labels = Map.copyOf(labels);
    Objects.requireNonNull(defaultNamespace, "defaultNamespace");
    if (name.isPresent() != labels.isEmpty() || name.filter(String::isBlank).isPresent()) {
      throw new IllegalArgumentException("a selector has either a name or labels");
    }
    if (!labels.getOrDefault(ANY, ANY).equals(ANY)) {
      throw new IllegalArgumentException(
          "the label * has the value * alone, which selects every cluster");
    }
  }

  /**
   * All clusters that the roles can see.
   *
   * @return the selector
   */
  public static ClusterSelector all() {
    return labels(Map.of(ANY, ANY));
  }

  /**
   * One cluster.
   *
   * @param name its name in Teleport, or the name that it alone was discovered by; {@code *} for
   *     {@link #all()}
   * @return the selector
   */
  public static ClusterSelector name(String name) {
    return name.equals(ANY)
        ? all()
        : new ClusterSelector(Optional.of(name), Map.of(), Optional.empty());
  }

  /**
   * The clusters with some labels.
   *
   * @param labels at least one; see component {@code labels}
   * @return the selector
   */
  public static ClusterSelector labels(Map<String, String> labels) {
    return new ClusterSelector(Optional.empty(), labels, Optional.empty());
  }

  /**
   * The same clusters, with a namespace for their contexts.
   *
   * @param namespace where commands work that name none
   * @return the selector
   */
  public ClusterSelector withDefaultNamespace(String namespace) {
    return new ClusterSelector(name, labels, Optional.of(namespace));
  }

  /** Whether a cluster has the labels; false for a selector by name. */
  boolean hasLabels(KubernetesCluster cluster) {
    return name.isEmpty()
        && labels.entrySet().stream()
            .allMatch(label -> isOn(cluster, label.getKey(), label.getValue()));
  }

  private static boolean isOn(KubernetesCluster cluster, String key, String value) {
    if (key.equals(ANY)) {
      return true;
    }
    String found = cluster.labels().get(key);
    return found != null && (value.equals(ANY) || value.equals(found));
  }
}
