package io.machineid.kubernetes.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs calls one after the other, in the order they came, and not on the thread that brings them,
 * unless the machine gives no other.
 */
public final class Turns {

  private static final Logger LOG = System.getLogger(Turns.class.getPackageName());

  private final Executor executor;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  /** Takes a thread of {@code executor} only while there are calls. */
  public Turns(Executor executor) {
    this.executor = executor;
  }

  /** Has a call run after all that came before it; what it throws is logged. */
  public void take(Runnable call) {
    waiting.add(call);
    if (count.getAndIncrement() == 0) {
      begin();
    }
  }

  private void begin() {
    try {
      executor.execute(this::run);
    } catch (RuntimeException | Error e) { // else neither this call nor any later one were made
      LOG.log(Level.WARNING, "there is no thread for listeners: they hold others up", e);
      run();
    }
  }

  private void run() {
    do {
      Runnable call = waiting.remove();
      try {
        call.run();
      } catch (RuntimeException | Error e) { // the next ones must have their turn in any case
        LOG.log(Level.WARNING, "a listener failed; its exception is ignored", e);
      }
    } while (count.decrementAndGet() > 0);
  }
}
