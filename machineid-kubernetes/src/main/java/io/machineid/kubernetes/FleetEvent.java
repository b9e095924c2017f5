package io.machineid.kubernetes;

import io.machineid.MachineIdException;

/** Something that happened to a {@link KubernetesFleet}. Holds no secrets. */
public sealed interface FleetEvent {

  /**
   * A cluster can be used from now on.
   *
   * @param cluster the cluster
   */
  record Added(FleetCluster cluster) implements FleetEvent {}

  /**
   * A cluster has left: it is gone, or no role sees it any more. Its clients are closed.
   *
   * @param cluster the cluster
   */
  record Removed(FleetCluster cluster) implements FleetEvent {}

  /**
   * A cluster cannot be used. It is tried again at each look; this is told when the reason is a new
   * one.
   *
   * @param cluster the cluster
   * @param error why
   */
  record Failed(FleetCluster cluster, MachineIdException error) implements FleetEvent {}

  /**
   * Credentials are being issued.
   *
   * @param done for how many clusters that has ended, well or badly
   * @param total how many clusters need one now
   */
  record Issuing(int done, int total) implements FleetEvent {}

  /**
   * The clusters could not be listed. The fleet stays as it was, and looks again later.
   *
   * @param error why
   */
  record LookFailed(MachineIdException error) implements FleetEvent {}
}
