package io.machineid.kubernetes;

import io.machineid.Scheduler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Passes on once what comes in short succession. Thread-safe. */
final class Gathering implements Runnable {

  private static final Logger LOG = System.getLogger(Gathering.class.getPackageName());
  private static final Duration TIME = Duration.ofSeconds(2);

  private final Scheduler scheduler;
  private final Runnable next;
  private final AtomicBoolean pending = new AtomicBoolean();

  Gathering(Scheduler scheduler, Runnable next) {
    this.scheduler = scheduler;
    this.next = next;
  }

  @Override
  public void run() {
    if (pending.compareAndSet(false, true)) {
      Scheduler.Cancellable unused = scheduler.schedule(this::pass, TIME);
    }
  }

  private void pass() {
    pending.set(false);
    try {
      next.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a listener to a fleet failed", e);
    }
  }
}
