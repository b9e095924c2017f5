package io.machineid.testing;

import io.machineid.Scheduler;
import io.machineid.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock that stands still until it is told to move, and the timers that hang on it. */
public final class FakeScheduler implements Scheduler, InstantSource {

  private record Timer(Instant due, Runnable task) {}

  private final List<Timer> timers = new ArrayList<>();
  private final TestClock clock;

  public FakeScheduler(TestClock clock) {
    this.clock = clock;
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  @Override
  public synchronized Cancellable schedule(Runnable task, Duration delay) {
    Timer timer = new Timer(instant().plus(delay), task);
    timers.add(timer);
    return () -> remove(timer);
  }

  private synchronized void remove(Timer timer) {
    timers.remove(timer);
  }

  public synchronized int pending() {
    return timers.size();
  }

  /** How long until the next timer, if there is one. */
  public synchronized Optional<Duration> untilNext() {
    return timers.stream()
        .map(timer -> Duration.between(instant(), timer.due()))
        .min(Comparator.naturalOrder());
  }

  /** Moves the clock and runs what falls due, in order. */
  public void advance(Duration by) {
    Instant end = instant().plus(by);
    for (Optional<Timer> next = nextUntil(end); next.isPresent(); next = nextUntil(end)) {
      next.get().task().run();
    }
    moveTo(end);
  }

  private synchronized Optional<Timer> nextUntil(Instant end) {
    Optional<Timer> next =
        timers.stream()
            .filter(timer -> !timer.due().isAfter(end))
            .min(Comparator.comparing(Timer::due));
    next.ifPresent(
        timer -> {
          timers.remove(timer);
          moveTo(timer.due());
        });
    return next;
  }

  private void moveTo(Instant time) {
    Duration ahead = Duration.between(instant(), time);
    if (!ahead.isNegative()) {
      clock.advance(ahead);
    }
  }
}
