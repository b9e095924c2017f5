package io.machineid.internal.lifecycle;

import io.machineid.Scheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one scheduling thread of the process. It is a daemon, starts with the first timer, and ends a
 * moment after the last one is gone.
 */
public final class SharedScheduler implements Scheduler {

  /** For all bots that were given no other. */
  public static final Scheduler INSTANCE = new SharedScheduler();

  private static final long IDLE_SECONDS = 1;

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, new DaemonThreads("scheduler"));

  private SharedScheduler() {
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    Future<?> pending = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> pending.cancel(false);
  }
}
