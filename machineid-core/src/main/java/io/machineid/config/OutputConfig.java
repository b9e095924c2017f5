package io.machineid.config;

import java.util.List;
import java.util.Objects;

/** One entry of {@code outputs}: what to make, and where to put it. */
public sealed interface OutputConfig {

  /**
   * Where its files go.
   *
   * @return the destination, no two outputs have the same directory
   */
  DestinationConfig destination();

  /**
   * {@code type: kubernetes}: a kubeconfig and its credentials for one cluster.
   *
   * @param kubernetesCluster the cluster's name in Teleport
   * @param roles the roles to impersonate, or none for all that the bot may
   * @param disableExecPlugin whether the kubeconfig holds the credentials itself, instead of a
   *     command that prints them
   * @param destination where the files go
   */
  record Kubernetes(
      String kubernetesCluster,
      List<String> roles,
      boolean disableExecPlugin,
      DestinationConfig destination)
      implements OutputConfig {

    /**
     * Checks and copies.
     *
     * @param kubernetesCluster component {@code kubernetesCluster}
     * @param roles component {@code roles}
     * @param disableExecPlugin component {@code disableExecPlugin}
     * @param destination component {@code destination}
     */
    public Kubernetes {
      Objects.requireNonNull(kubernetesCluster, "kubernetesCluster");
      roles = List.copyOf(roles);
      Objects.requireNonNull(destination, "destination");
    }
  }
}
