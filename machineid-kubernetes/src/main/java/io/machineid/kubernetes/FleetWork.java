package io.machineid.kubernetes;

import io.machineid.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A task for the clusters of a fleet, and how to go about it. Immutable: each method returns a new
 * description.
 *
 * @param <T> what the task returns
 */
public final class FleetWork<T> {

  private static final int CONCURRENCY = 16;

  private final KubernetesFleet fleet;
  private final FleetTask<T> task;
  private final int concurrency;
  private final Optional<Duration> timeout;
  private final Predicate<FleetCluster> among;
  private final Consumer<FleetProgress<T>> progress;

  private FleetWork(
      KubernetesFleet fleet,
      FleetTask<T> task,
      int concurrency,
      Optional<Duration> timeout,
      Predicate<FleetCluster> among,
      Consumer<FleetProgress<T>> progress) {
    this.fleet = fleet;
    this.task = task;
    this.concurrency = concurrency;
    this.timeout = timeout;
    this.among = among;
    this.progress = progress;
  }

  FleetWork(KubernetesFleet fleet, FleetTask<T> task) {
    this(fleet, task, CONCURRENCY, Optional.empty(), cluster -> true, step -> {});
  }

  /**
   * On how many clusters to work at the same time.
   *
   * @param clusters at least one; default 16
   * @return the work
   */
  public FleetWork<T> concurrency(int clusters) {
    if (clusters < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, is " + clusters);
    }
    return new FleetWork<>(fleet, task, clusters, timeout, among, progress);
  }

  /**
   * How long it may take for all clusters together; those that have no outcome by then get a {@link
   * TimeoutException}. Default: as long as it takes.
   *
   * @param longest more than zero
   * @return the work
   */
  public FleetWork<T> timeout(Duration longest) {
    if (longest.isNegative() || longest.isZero()) {
      throw new IllegalArgumentException("timeout must be positive, is " + longest);
    }
    return new FleetWork<>(fleet, task, concurrency, Optional.of(longest), among, progress);
  }

  /**
   * On which clusters. Default: all.
   *
   * @param wanted says of a cluster whether it is one
   * @return the work
   */
  public FleetWork<T> among(Predicate<FleetCluster> wanted) {
    Objects.requireNonNull(wanted, "wanted");
    return new FleetWork<>(fleet, task, concurrency, timeout, wanted, progress);
  }

  /**
   * Tells how it goes, after each cluster. Default: nobody.
   *
   * @param listener called on a thread of its own, one call after the other; what it throws is
   *     logged and changes nothing
   * @return the work
   */
  public FleetWork<T> onProgress(Consumer<FleetProgress<T>> listener) {
    Objects.requireNonNull(listener, "listener");
    return new FleetWork<>(fleet, task, concurrency, timeout, among, listener);
  }

  /**
   * Begins, and does not wait. The clusters are those that the fleet has now.
   *
   * @return the work under way
   */
  public FleetRun<T> start() {
    FleetRun<T> run =
        FleetRun.start(
            fleet.clusters().stream().filter(among).toList(),
            this::onUsable,
            concurrency,
            progress);
    timeout.ifPresent(longest -> limit(run, longest));
    return run;
  }

  /**
   * Does it, and waits until each cluster has its outcome.
   *
   * @return one outcome for each cluster, in the order of the fleet
   * @throws InterruptedException when the calling thread is interrupted; the work is cancelled then
   */
  public List<FleetOutcome<T>> run() throws InterruptedException {
    FleetRun<T> run = start();
    try {
      return run.await();
    } catch (InterruptedException e) {
      run.cancel();
      throw e;
    }
  }

  private @Nullable T onUsable(FleetCluster cluster) throws Exception {
    KubernetesAccess unused = cluster.access();
    return task.run(cluster);
  }

  private void limit(FleetRun<T> run, Duration longest) {
    Scheduler.Cancellable timer =
        fleet.scheduler().schedule(() -> run.stop(late(longest)), longest);
    var unused = run.end().whenComplete((outcomes, failure) -> timer.cancel());
  }

  private static TimeoutException late(Duration longest) {
    return new TimeoutException("not done within the " + longest + " for all clusters");
  }
}
