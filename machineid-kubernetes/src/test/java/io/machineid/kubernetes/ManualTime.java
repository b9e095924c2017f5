package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.BotMetrics;
import io.machineid.Scheduler;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.kubernetes.internal.Surroundings;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestTimers;
import java.net.ProxySelector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that a test moves, and the timers that hang on it. */
final class ManualTime implements Scheduler, InstantSource {

  private final List<Integer> streamsCut = new CopyOnWriteArrayList<>();
  private final TestClock clock;
  private final TestTimers timers;

  ManualTime(TestClock clock) {
    this.clock = clock;
    this.timers = new TestTimers(clock);
  }

  TestClock clock() {
    return clock;
  }

  static ManualTime now() {
    return new ManualTime(TestClock.stoppedAt(Instant.now()));
  }

  Surroundings forAccess() {
    return through(new EnvironmentProxySelector(Map.of()));
  }

  Surroundings through(ProxySelector proxies) {
    return new Surroundings(this, this, proxies, new Drained());
  }

  /** How many streams were cut, for each certificate that was let go. */
  List<Integer> streamsCut() {
    return streamsCut;
  }

  private final class Drained implements BotMetrics {
    @Override
    public void connectionsDrained(Duration took, int cut) {
      streamsCut.add(cut);
    }
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    return timers.schedule(task, delay)::run;
  }

  int pending() {
    return timers.waiting().size();
  }

  /** Whether nothing that a bot keeps valid is being renewed: all of it waits for its time. */
  boolean asleep(Bot bot) {
    return loopsThatWait() == 1 + bot.health().credentials().size();
  }

  /** Each loop has a timer whenever it renews nothing, and only then. */
  private long loopsThatWait() {
    return timers.waiting().stream()
        .filter(timer -> timer.task().getClass().getName().contains(".RenewalLoop$"))
        .count();
  }

  /** Moves the clock and runs what falls due, in order. */
  void advance(Duration by) {
    timers.advance(by);
  }

  void moveTo(Instant end) {
    advance(Duration.between(instant(), end));
  }

  /** As a clock that is put right: timers stay where they are. */
  void setBack(Instant earlier) {
    clock.advance(Duration.between(instant(), earlier));
  }
}
