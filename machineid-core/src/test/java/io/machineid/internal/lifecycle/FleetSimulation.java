package io.machineid.internal.lifecycle;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Many bots that renew against one auth service, which is out for a while: real loops and the real
 * policy, on a clock that runs as fast as the machine can. A bot whose certificate has ended joins
 * again, as bots can whose join method gives fresh evidence each time.
 */
final class FleetSimulation implements Scheduler, InstantSource {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * What is simulated.
   *
   * @param bots how many there are
   * @param life of each certificate
   * @param quiet how long all goes well before the outage
   * @param outage how long nobody is answered
   * @param after how long it is watched from then on
   */
  record Scenario(int bots, Duration life, Duration quiet, Duration outage, Duration after) {

    long outageBegins() {
      return quiet.toSeconds();
    }

    long outageEnds() {
      return quiet.plus(outage).toSeconds();
    }

    long end() {
      return quiet.plus(outage).plus(after).toSeconds();
    }
  }

  private static final class Timer {
    final long dueMillis;
    final long number;
    @Nullable Runnable task;

    Timer(long dueMillis, long number, Runnable task) {
      this.dueMillis = dueMillis;
      this.number = number;
      this.task = task;
    }
  }

  private final class Bot implements RenewalLoop.Target {
    private Instant notAfter = START.plus(scenario.life());

    @Override
    public Instant notAfter() {
      return notAfter;
    }

    @Override
    public Duration life() {
      return scenario.life();
    }

    @Override
    public void renew() {
      long second = nowMillis / 1000;
      if (second >= scenario.outageBegins() && second < scenario.outageEnds()) {
        seen.refused[(int) second]++;
        throw new ConnectionException(Reason.UNREACHABLE, true, "out", null);
      }
      seen.granted[(int) second]++;
      withoutUntil(second);
      notAfter = instant().plus(scenario.life());
    }

    /** Counts the time without a valid certificate, if there was any. */
    private void withoutUntil(long second) {
      for (long gap = Duration.between(START, notAfter).toSeconds(); gap < second; gap++) {
        seen.without[(int) gap]++;
      }
    }

    @Override
    public void settled(Optional<MachineIdException> error, Duration nextTry) {}
  }

  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.<Timer>comparingLong(timer -> timer.dueMillis)
              .thenComparingLong(timer -> timer.number));
  private final Scenario scenario;
  private final FleetRecord seen;
  private long nowMillis;
  private long count;

  private FleetSimulation(Scenario scenario) {
    this.scenario = scenario;
    this.seen = new FleetRecord(scenario);
  }

  static FleetRecord run(Scenario scenario, long seed) {
    return new FleetSimulation(scenario).run(new Random(seed));
  }

  /** Bots start over the first third of a life, as a fleet does that is rolled out. */
  private FleetRecord run(Random random) {
    RenewalPolicy policy = new RenewalPolicy(Optional.empty(), random);
    RenewalLoop.Setting setting =
        new RenewalLoop.Setting(new ServerTime(this), this, Runnable::run, policy);
    Bot[] bots = Stream.generate(Bot::new).limit(scenario.bots()).toArray(Bot[]::new);
    for (Bot bot : bots) {
      RenewalLoop loop = new RenewalLoop(bot, setting);
      long delay = random.nextLong(scenario.life().toMillis() / 3);
      schedule(
          () -> {
            bot.renew();
            loop.start();
          },
          Duration.ofMillis(delay));
    }
    advanceTo(scenario.end() * 1000);
    Arrays.stream(bots).forEach(bot -> bot.withoutUntil(scenario.end()));
    return seen;
  }

  private void advanceTo(long endMillis) {
    while (!timers.isEmpty() && timers.peek().dueMillis < endMillis) {
      Timer next = timers.poll();
      nowMillis = next.dueMillis;
      Runnable task = next.task;
      if (task != null) {
        task.run();
      }
    }
    nowMillis = endMillis;
  }

  @Override
  public Instant instant() {
    return START.plusMillis(nowMillis);
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    Timer timer = new Timer(nowMillis + delay.toMillis(), count++, task);
    timers.add(timer);
    return () -> timer.task = null;
  }
}
