package io.machineid.kubernetes;

import org.jspecify.annotations.Nullable;

/**
 * What shall be done on each cluster of a fleet.
 *
 * @param <T> what comes of it
 */
@FunctionalInterface
public interface FleetTask<T> {

  /**
   * Does it on one cluster. Called on several threads at once, for one cluster each; a thread is
   * interrupted when the work is cancelled or runs out of time.
   *
   * @param cluster a cluster that can be used
   * @return what came of it
   * @throws Exception when it went wrong: that is the outcome for this cluster, and no other's
   */
  @Nullable T run(FleetCluster cluster) throws Exception;
}
