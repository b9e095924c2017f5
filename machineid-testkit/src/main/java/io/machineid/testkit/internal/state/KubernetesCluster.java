package io.machineid.testkit.internal.state;

import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import java.util.Map;

/**
 * A Kubernetes cluster that is enrolled.
 *
 * @param name its name in Teleport
 * @param labels its labels
 * @param backend its API
 */
public record KubernetesCluster(
    String name, Map<String, String> labels, KubernetesBackend backend) {

  /** Copies. */
  public KubernetesCluster {
    labels = Map.copyOf(labels);
  }
}
