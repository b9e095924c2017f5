package io.machineid.testing;

import io.machineid.Bot;
import io.machineid.Scheduler;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestTimers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** A clock that stands still until it is told to move, and the timers that hang on it. */
public final class FakeScheduler implements Scheduler, InstantSource {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final Duration LONGEST_BURST = Duration.ofSeconds(5);

  /** Each has a timer whenever it renews nothing, and only then. */
  private static final String LOOP = "RenewalLoop";

  /** Has a timer while it waits for a look at the authorities. */
  private static final String FOLLOWER = "AuthorityFollower";

  private final TestClock clock;
  private final TestTimers timers;

  public FakeScheduler(TestClock clock) {
    this.clock = clock;
    this.timers = new TestTimers(clock);
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    return timers.schedule(task, delay)::run;
  }

  public int pending() {
    return timers.waiting().size();
  }

  /** How long until the next timer, if there is one. */
  public Optional<Duration> untilNext() {
    return timers.waiting().stream()
        .findFirst()
        .map(timer -> Duration.between(instant(), timer.due()));
  }

  /** Whether somebody waits for exactly so long. */
  public boolean waits(Duration delay) {
    return timers.waiting().stream().anyMatch(timer -> timer.due().equals(instant().plus(delay)));
  }

  /** Whether nothing that a bot keeps valid is being renewed: all of it waits for its time. */
  public boolean asleep(Bot bot) {
    return timersOf(LOOP) == 1 + bot.health().credentials().size();
  }

  private long timersOf(String owner) {
    return timers.waiting().stream()
        .filter(timer -> timer.task().getClass().getName().contains("." + owner + "$"))
        .count();
  }

  /**
   * Moves the clock as {@link #advance(Duration)} does, but leaves it where it is whenever the bot
   * renews something: however slow that is, the clock does not outrun it. When this returns, what
   * fell due has been tried.
   */
  public void advance(Bot bot, Duration by) {
    Instant end = instant().plus(by);
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(LOOK)
        .until(
            () -> {
              while (asleep(bot) && !isOver(end)) {
                advanceToNext(Duration.between(instant(), end));
              }
              return asleep(bot) && isOver(end);
            });
  }

  /** Whether it is that time, and nothing is due any more. */
  private boolean isOver(Instant end) {
    return !instant().isBefore(end)
        && untilNext().filter(next -> next.compareTo(Duration.ZERO) <= 0).isEmpty();
  }

  /**
   * Lets a bot go on by its own timers until something holds: from try to try while something of it
   * has failed, and otherwise only to what runs out in a moment, as the timer does by which a bot
   * follows authorities. Where neither is so, what is waited for is under way, and time stands
   * still.
   */
  public void goOn(Bot bot, ThrowingRunnable goal) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(LOOK)
        .untilAsserted(
            () -> {
              try {
                goal.run();
              } catch (AssertionError e) {
                goOn(bot);
                throw e;
              }
            });
  }

  private void goOn(Bot bot) {
    boolean soon = untilNext().filter(next -> next.compareTo(LONGEST_BURST) <= 0).isPresent();
    boolean triesAgain = bot.lastError().isPresent() || timersOf(FOLLOWER) > 0;
    if (soon || (triesAgain && asleep(bot))) {
      advanceToNext(Duration.ofMinutes(1));
    }
  }

  private void advanceToNext(Duration most) {
    Duration next = untilNext().filter(wait -> wait.compareTo(most) < 0).orElse(most);
    advance(next.isNegative() ? Duration.ZERO : next);
  }

  /** Moves the clock and runs what falls due, in order. */
  public void advance(Duration by) {
    timers.advance(by);
  }
}
