package io.machineid.internal.lifecycle;

import io.machineid.BotEvent;
import io.machineid.BotState;
import io.machineid.MachineIdException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Notices changes of a bot's state, and tells each one once. */
final class StateWatch {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final Supplier<BotState> state;
  private final Supplier<Optional<MachineIdException>> lastError;
  private final Events events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private BotState told = BotState.READY;

  StateWatch(
      Supplier<BotState> state, Supplier<Optional<MachineIdException>> lastError, Events events) {
    this.state = state;
    this.lastError = lastError;
    this.events = events;
  }

  /** Looks, and tells if something changed. */
  void look() {
    lock.lock();
    try {
      // Looked at under the lock, so that what is told last is what was seen last.
      BotState now = state.get();
      Optional<MachineIdException> error =
          now == BotState.READY || now == BotState.CLOSED ? Optional.empty() : lastError.get();
      if (now == told) {
        return;
      }
      if (now != BotState.CLOSED) {
        log(now, error);
        events.publish(new BotEvent.StateChanged(told, now, error));
      }
      told = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void log(BotState now, Optional<MachineIdException> error) {
    Level level = now == BotState.READY ? Level.INFO : Level.WARNING;
    String why = error.map(failure -> ": " + failure.getMessage()).orElse("");
    LOG.log(level, "the bot is {0}{1}", now, why);
  }

  /** Waits until the bot is ready, in real time. */
  boolean awaitReady(Duration longest) throws InterruptedException {
    long left = TimeUnit.NANOSECONDS.convert(longest); // at most, where it is for ever
    lock.lock();
    try {
      while (state.get() != BotState.READY) {
        if (left <= 0 || state.get() == BotState.CLOSED) {
          return false;
        }
        // A look now and then suffices: what changes by time alone is told by nobody.
        long began = System.nanoTime();
        changed.await(Math.min(left, TimeUnit.SECONDS.toNanos(1)), TimeUnit.NANOSECONDS);
        left -= System.nanoTime() - began;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
