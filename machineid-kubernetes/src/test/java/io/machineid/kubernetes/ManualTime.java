package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.BotMetrics;
import io.machineid.Scheduler;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.kubernetes.internal.Surroundings;
import io.machineid.testkit.TestClock;
import java.net.ProxySelector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that a test moves, and the timers that hang on it. */
final class ManualTime implements Scheduler, InstantSource {

  private record Timer(Instant due, Runnable task) {}

  private final List<Timer> timers = new ArrayList<>();
  private final List<Integer> streamsCut = new CopyOnWriteArrayList<>();
  private final TestClock clock;

  ManualTime(TestClock clock) {
    this.clock = clock;
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
  public synchronized Cancellable schedule(Runnable task, Duration delay) {
    Timer timer = new Timer(instant().plus(delay), task);
    timers.add(timer);
    return () -> remove(timer);
  }

  private synchronized void remove(Timer timer) {
    timers.remove(timer);
  }

  synchronized int pending() {
    return timers.size();
  }

  /** Whether nothing that a bot keeps valid is being renewed: all of it waits for its time. */
  boolean asleep(Bot bot) {
    return loopsThatWait() == 1 + bot.health().credentials().size();
  }

  /** Each loop has a timer whenever it renews nothing, and only then. */
  private synchronized long loopsThatWait() {
    return timers.stream()
        .filter(timer -> timer.task().getClass().getName().contains(".RenewalLoop$"))
        .count();
  }

  /** Moves the clock and runs what falls due, in order. */
  void advance(Duration by) {
    moveTo(instant().plus(by));
  }

  /** As a clock that is put right: timers stay where they are. */
  void setBack(Instant earlier) {
    clock.advance(Duration.between(instant(), earlier));
  }

  void moveTo(Instant end) {
    for (Optional<Timer> next = nextUntil(end); next.isPresent(); next = nextUntil(end)) {
      next.get().task().run();
    }
    set(end);
  }

  private synchronized Optional<Timer> nextUntil(Instant end) {
    Optional<Timer> next =
        timers.stream()
            .filter(timer -> !timer.due().isAfter(end))
            .min(Comparator.comparing(Timer::due));
    next.ifPresent(
        timer -> {
          timers.remove(timer);
          set(timer.due());
        });
    return next;
  }

  private void set(Instant time) {
    Duration ahead = Duration.between(instant(), time);
    if (!ahead.isNegative()) {
      clock.advance(ahead);
    }
  }
}
