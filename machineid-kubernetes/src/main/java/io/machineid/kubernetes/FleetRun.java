package io.machineid.kubernetes;

import io.machineid.kubernetes.internal.Threads;
import io.machineid.kubernetes.internal.Turns;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Work on a fleet that is under way. Each cluster has one outcome in the end, whatever happens to
 * the others. Thread-safe.
 *
 * @param <T> what the task returns
 */
public final class FleetRun<T> {

  private final List<Item> items;
  private final Turns turns = new Turns(Threads.SHARED);
  private final Consumer<FleetProgress<T>> progress;
  private final AtomicInteger next = new AtomicInteger();
  private final @Nullable FleetOutcome<T>[] outcomes;
  private final CompletableFuture<List<FleetOutcome<T>>> end = new CompletableFuture<>();
  private int done;
  private volatile @Nullable Exception stopped;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private FleetRun(
      List<FleetCluster> clusters, FleetTask<T> task, Consumer<FleetProgress<T>> progress) {
    this.progress = progress;
    this.outcomes = new FleetOutcome[clusters.size()];
    this.items =
        IntStream.range(0, clusters.size())
            .mapToObj(index -> new Item(index, clusters.get(index), task))
            .toList();
  }

  /** Begins; {@code progress} hears of each outcome, one after the other. */
  static <T> FleetRun<T> start(
      List<FleetCluster> clusters,
      FleetTask<T> task,
      int concurrency,
      Consumer<FleetProgress<T>> progress) {
    FleetRun<T> run = new FleetRun<>(clusters, task, progress);
    if (clusters.isEmpty()) {
      run.end.complete(List.of());
    }
    for (int hand = 0; hand < Math.min(concurrency, clusters.size()); hand++) {
      Threads.SHARED.execute(run::work);
    }
    return run;
  }

  private void work() {
    for (int at = next.getAndIncrement();
        at < items.size() && stopped == null;
        at = next.getAndIncrement()) {
      items.get(at).run();
      // What interrupted this one shall not interrupt the next one.
      boolean unused = Thread.interrupted();
    }
  }

  /**
   * Waits until each cluster has its outcome.
   *
   * @return the outcomes in the order of the fleet
   * @throws InterruptedException when the calling thread is interrupted; the work goes on
   */
  public List<FleetOutcome<T>> await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for a time, and then no longer: what has not ended by then has timed out. */
  List<FleetOutcome<T>> await(long nanos) throws InterruptedException {
    try {
      return end.get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      stop(e);
      return await();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Ends the work at once. Clusters that have an outcome keep it; for the others it is a {@link
   * CancellationException}, and their threads are interrupted. Does nothing when all is done.
   */
  public void cancel() {
    stop(new CancellationException("the work was cancelled"));
  }

  void stop(Exception why) {
    if (stopped == null) {
      stopped = why;
    }
    items.forEach(item -> item.cancel(true));
  }

  CompletableFuture<?> end() {
    return end;
  }

  /** In turn: one at a time. */
  private void settle(int index, FleetOutcome<T> outcome) {
    outcomes[index] = outcome;
    done++;
    try {
      progress.accept(new FleetProgress<>(outcome, done, items.size()));
    } finally {
      if (done == items.size()) {
        end.complete(List.copyOf(Arrays.asList(outcomes)));
      }
    }
  }

  /** The task on one cluster. */
  private final class Item extends FutureTask<@Nullable T> {
    private final int index;
    private final FleetCluster cluster;

    Item(int index, FleetCluster cluster, FleetTask<T> task) {
      super(() -> task.run(cluster));
      this.index = index;
      this.cluster = cluster;
    }

    /** Called once, when the task has ended or will not be waited for any more. */
    @Override
    protected void done() {
      FleetOutcome<T> outcome = outcome();
      turns.take(() -> settle(index, outcome));
    }

    private FleetOutcome<T> outcome() {
      try {
        return new FleetOutcome<>(cluster, get(), Optional.empty());
      } catch (ExecutionException e) {
        return failed(e.getCause() == null ? e : e.getCause());
      } catch (CancellationException e) {
        Exception why = stopped;
        return failed(why == null ? e : why);
      } catch (InterruptedException e) {
        // get() of what is done does not wait.
        return failed(e);
      }
    }

    private FleetOutcome<T> failed(Throwable why) {
      return new FleetOutcome<>(cluster, null, Optional.of(why));
    }
  }
}
