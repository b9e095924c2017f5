package io.machineid.internal.lifecycle;

import io.machineid.Scheduler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** A scheduler of the user's, and the process's own in its place where that one fails. */
record SteadyScheduler(Scheduler chosen) implements Scheduler {

  private static final Logger LOG = System.getLogger("io.machineid");

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    try {
      Cancellable timer = chosen.schedule(task, delay);
      return () -> cancel(timer);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "the scheduler given to the bot failed; its own is used", e);
      return SharedScheduler.INSTANCE.schedule(task, delay);
    }
  }

  /** A timer that rings although it was cancelled finds nothing to do. */
  private static void cancel(Cancellable timer) {
    try {
      timer.cancel();
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the scheduler given to the bot cannot cancel a timer", e);
    }
  }
}
