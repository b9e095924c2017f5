package io.machineid.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Timers that run out when a test says so: the scheduler of a bot whose renewals a test does not
 * want to wait for.
 *
 * <p>{@link #advance} moves the clock as time passes: it stops at each timer and runs it. A clock
 * that is moved by itself leaves the timers where they are, as a machine does that has slept; what
 * is overdue by then runs with the next {@code advance}.
 *
 * <p>A bot's timers only begin its renewals, on threads of its own: what a renewal brings is there
 * a moment after {@code advance} has returned. Thread-safe; one thread at a time advances.
 */
public final class TestTimers {

  private final Map<Long, Timer> timers = new LinkedHashMap<>();
  private final TestClock clock;
  private long last;

  /**
   * Something that waits.
   *
   * @param due when it runs, on the clock
   * @param task what runs
   */
  public record Timer(Instant due, Runnable task) {}

  /**
   * Makes timers that go by a clock.
   *
   * @param clock the clock, of the cluster and of the bot
   */
  public TestTimers(TestClock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Runs a task once, within {@link #advance}.
   *
   * @param task what to run
   * @param delay after how long; zero or more
   * @return takes it back if it has not begun
   */
  public synchronized Runnable schedule(Runnable task, Duration delay) {
    Timer timer = new Timer(clock.instant().plus(delay), Objects.requireNonNull(task, "task"));
    long number = ++last;
    timers.put(number, timer);
    return () -> remove(number);
  }

  private synchronized void remove(long number) {
    timers.remove(number);
  }

  /**
   * What waits.
   *
   * @return the timers, soonest first; a copy
   */
  public synchronized List<Timer> waiting() {
    return timers.values().stream().sorted(Comparator.comparing(Timer::due)).toList();
  }

  /**
   * Moves the clock, and runs what falls due on the way, in order and on this thread; also what is
   * scheduled meanwhile. What a task throws comes out here, and the clock stays at that timer.
   *
   * @param by how far; zero runs what is due now
   * @throws IllegalArgumentException if it is negative: move the clock itself for that
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("timers do not go back: " + by);
    }
    Instant end = clock.instant().plus(by);
    for (Optional<Timer> next = nextUntil(end); next.isPresent(); next = nextUntil(end)) {
      next.get().task().run();
    }
    moveTo(end);
  }

  private synchronized Optional<Timer> nextUntil(Instant end) {
    Optional<Timer> next =
        timers.entrySet().stream()
            .filter(entry -> !entry.getValue().due().isAfter(end))
            .min(Comparator.comparing(entry -> entry.getValue().due()))
            .map(Map.Entry::getKey)
            .map(timers::remove);
    next.ifPresent(timer -> moveTo(timer.due()));
    return next;
  }

  /** Never back: what is overdue runs late. */
  private void moveTo(Instant time) {
    Duration ahead = Duration.between(clock.instant(), time);
    if (!ahead.isNegative()) {
      clock.advance(ahead);
    }
  }

  @Override
  public String toString() {
    return "TestTimers[" + waiting().size() + " at " + clock.instant() + "]";
  }
}
