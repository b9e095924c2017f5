package io.machineid;

import java.util.Map;
import java.util.Objects;

/**
 * A Kubernetes cluster enrolled in Teleport, as the bot's roles let it see.
 *
 * @param name its name in Teleport
 * @param labels its labels
 */
public record KubernetesCluster(String name, Map<String, String> labels) {

  /**
   * Checks and copies.
   *
   * @param name component {@code name}
   * @param labels component {@code labels}
   */
  public KubernetesCluster {
    Objects.requireNonNull(name, "name");
    labels = Map.copyOf(labels);
  }
}
