package io.machineid.kubernetes;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a task on one cluster.
 *
 * @param <T> what the task returns
 * @param cluster the cluster
 * @param value what the task returned; null where there is an error
 * @param error why there is no value: what the task threw, why the cluster cannot be used, a {@link
 *     java.util.concurrent.CancellationException}, or a {@link
 *     java.util.concurrent.TimeoutException} when the time for all clusters was over
 */
public record FleetOutcome<T>(FleetCluster cluster, @Nullable T value, Optional<Throwable> error) {

  /**
   * Checks.
   *
   * @param cluster component {@code cluster}
   * @param value component {@code value}
   * @param error component {@code error}
   */
  public FleetOutcome {
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(error, "error");
  }

  /**
   * Whether it went well.
   *
   * @return true when there is no error
   */
  public boolean succeeded() {
    return error.isEmpty();
  }
}
