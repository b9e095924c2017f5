package io.machineid.kubernetes.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets the signals of one source pass to their reader until somebody else ends it with a last
 * signal: that one comes after the signal that is being delivered, and nothing comes after it.
 */
final class Turnstile {

  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Runnable last;

  /** Delivers a signal, unless the last one was asked for. */
  void pass(Runnable signal) {
    inside.incrementAndGet();
    try {
      if (last == null) {
        signal.run();
      }
    } finally {
      inside.decrementAndGet();
      finish();
    }
  }

  /** Delivers {@code signal} as the last one, now or as soon as it can be. */
  void end(Runnable signal) {
    last = signal;
    finish();
  }

  /** Whether the last signal was asked for. */
  boolean isEnded() {
    return last != null;
  }

  private void finish() {
    Runnable signal = last;
    if (signal != null && inside.get() == 0 && ended.compareAndSet(false, true)) {
      signal.run();
    }
  }
}
