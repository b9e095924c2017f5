package io.machineid;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A Kubernetes cluster enrolled in Teleport, as the bot's roles let it see.
 *
 * @param name its name in Teleport
 * @param labels its labels
 * @param agentVersions the versions of the Teleport agents that serve it, such as {@code 16.4.7};
 *     an empty one for an agent that does not say
 */
public record KubernetesCluster(
    String name, Map<String, String> labels, Set<String> agentVersions) {

  /**
   * Checks and copies.
   *
   * @param name component {@code name}
   * @param labels component {@code labels}
   * @param agentVersions component {@code agentVersions}
   */
  public KubernetesCluster {
    Objects.requireNonNull(name, "name");
    labels = Map.copyOf(labels);
    agentVersions = Set.copyOf(agentVersions);
  }

  /**
   * A cluster of which nothing is known of its agents.
   *
   * @param name component {@code name}
   * @param labels component {@code labels}
   */
  public KubernetesCluster(String name, Map<String, String> labels) {
    this(name, labels, Set.of());
  }
}
