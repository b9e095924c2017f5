package io.machineid;

import java.time.Duration;

/**
 * Runs things later. The default is one daemon thread for all bots of the process; tests give one
 * that a fake clock drives. Implementations are thread-safe, and must not run {@code task} before
 * {@code delay} has passed.
 */
@FunctionalInterface
public interface Scheduler {

  /**
   * Runs a task once. The task is short and never blocks.
   *
   * @param task what to run
   * @param delay after how long; zero or more
   * @return cancels it if it has not begun
   */
  Cancellable schedule(Runnable task, Duration delay);

  /** Something that was scheduled. */
  @FunctionalInterface
  interface Cancellable {

    /** Keeps it from beginning. Does nothing when it has begun. */
    void cancel();
  }
}
