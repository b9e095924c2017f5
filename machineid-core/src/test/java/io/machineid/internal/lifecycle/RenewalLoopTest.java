package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.CredentialException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.Scheduler;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalLoopTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIFE = Duration.ofHours(1);

  private final TestClock time = TestClock.stoppedAt(START);
  private final FakeScheduler clock = new FakeScheduler(time);
  private final FakeTarget target = new FakeTarget();

  private class FakeTarget implements RenewalLoop.Target {
    Instant notAfter = START.plus(LIFE);
    final List<Instant> renewals = new ArrayList<>();
    final List<Duration> waits = new ArrayList<>();
    RuntimeException failure;
    Error error;
    Duration telling = Duration.ZERO;
    Runnable whileMeasured = () -> {};
    Runnable whileRenewing = () -> {};
    int jumps;

    @Override
    public Instant notAfter() {
      return notAfter;
    }

    @Override
    public Duration life() {
      return LIFE;
    }

    @Override
    public void renew() {
      whileRenewing.run();
      if (failure != null) {
        throw failure;
      }
      if (error != null) {
        throw error;
      }
      renewals.add(clock.instant());
      notAfter = clock.instant().plus(LIFE);
    }

    @Override
    public void settled(Optional<MachineIdException> error, Duration nextTry) {
      if (error.isPresent()) {
        waits.add(nextTry);
      }
      clock.advance(telling);
    }

    @Override
    public void clockJumped() {
      assertThat(++jumps).as("times that a jump was seen").isLessThan(100);
      whileMeasured.run();
    }
  }

  private RenewalLoop loop(Optional<Duration> interval) {
    return loop(interval, clock, Runnable::run);
  }

  private RenewalLoop loop(Optional<Duration> interval, Scheduler scheduler, Executor workers) {
    RenewalPolicy policy = new RenewalPolicy(interval, new Random(1));
    return new RenewalLoop(
        target, new RenewalLoop.Setting(new ServerTime(clock), scheduler, workers, policy));
  }

  @Test
  void renewal_byDefault_comesAfterAThirdOfTheLife() {
    RenewalLoop loop = loop(Optional.empty());

    loop.start();
    clock.advance(LIFE.multipliedBy(10));

    assertThat(target.renewals).hasSizeBetween(30, 34);
    assertThat(Duration.between(START, target.renewals.get(0)))
        .isBetween(Duration.ofMinutes(18), Duration.ofMinutes(20));
  }

  @Test
  void renewal_withAnInterval_keepsToIt() {
    loop(Optional.of(Duration.ofMinutes(5))).start();

    clock.advance(LIFE);

    assertThat(target.renewals).hasSizeBetween(12, 14);
  }

  @Test
  void renewal_withAnIntervalLongerThanTheLife_comesBeforeTheEnd() {
    loop(Optional.of(Duration.ofHours(5))).start();

    clock.advance(LIFE);

    assertThat(target.renewals).isNotEmpty();
  }

  @Test
  void failure_thatPasses_isTriedAgainWithGrowingBoundsAndForgotten() {
    RenewalLoop loop = loop(Optional.empty());
    target.failure = new CredentialException(Reason.UNREACHABLE, true, "down", null);
    loop.start();

    clock.advance(Duration.ofMinutes(90));

    assertThat(target.waits)
        .hasSizeBetween(4, 24)
        .allMatch(wait -> wait.compareTo(Duration.ofMinutes(30)) <= 0)
        .anyMatch(wait -> wait.compareTo(Duration.ofMinutes(5)) > 0);
    assertThat(target.waits.get(0)).isLessThanOrEqualTo(Duration.ofMinutes(4));
    assertThat(loop.lastError())
        .get()
        .extracting(MachineIdException::reason)
        .isEqualTo(Reason.UNREACHABLE);

    target.failure = null;
    clock.advance(Duration.ofMinutes(30));

    assertThat(target.renewals).isNotEmpty();
    assertThat(loop.lastError()).isEmpty();
  }

  @Test
  void failure_thatSaysHowLongToWait_isNotTriedAgainBefore() {
    Duration asked = Duration.ofMinutes(3);
    RenewalLoop loop = loop(Optional.empty());
    target.failure =
        new CredentialException(Reason.RATE_LIMITED, true, "slowly", null, Optional.of(asked));
    loop.start();
    clock.advance(Duration.ofMinutes(20)); // the first try has failed, at most two minutes ago
    assertThat(target.waits).hasSize(1);

    clock.advance(Duration.ofMinutes(20));

    assertThat(target.waits)
        .hasSizeGreaterThan(1)
        .satisfies(waits -> assertThat(Set.copyOf(waits)).hasSameSizeAs(waits))
        .allSatisfy(wait -> assertThat(wait).isBetween(asked, asked.plusMinutes(20)));
    target.failure = null;
    clock.advance(asked.plusMinutes(30));
    assertThat(target.renewals).isNotEmpty();
  }

  @Test
  void failure_ofAnUnknownKind_doesNotEndTheLoop() {
    RenewalLoop loop = loop(Optional.empty());
    target.failure = new IllegalStateException("surprise");
    loop.start();
    clock.advance(Duration.ofMinutes(21));

    assertThat(loop.lastError())
        .get()
        .extracting(MachineIdException::reason)
        .isEqualTo(Reason.INTERNAL);

    target.failure = null;
    clock.advance(Duration.ofMinutes(30));

    assertThat(target.renewals).isNotEmpty();
  }

  @Test
  void failure_whoseTellingTakesLongerThanTheWait_doesNotEndTheLoop() {
    RenewalLoop loop = loop(Optional.empty());
    target.failure = new CredentialException(Reason.UNREACHABLE, true, "down", null);
    target.telling = LIFE;
    loop.start();
    clock.advance(LIFE);
    assertThat(target.waits).as("of one life each, and shorter").isNotEmpty();
    target.failure = null;
    target.telling = Duration.ZERO;

    clock.advance(LIFE);

    assertThat(target.renewals).isNotEmpty();
  }

  @Test
  void error_ofTheMachine_doesNotEndTheLoop() {
    RenewalLoop loop = loop(Optional.empty());
    target.error = new NoClassDefFoundError("for a test");
    loop.start();
    clock.advance(Duration.ofMinutes(21));

    assertThat(loop.lastError())
        .get()
        .extracting(MachineIdException::reason)
        .isEqualTo(Reason.INTERNAL);

    target.error = null;
    clock.advance(Duration.ofMinutes(30));

    assertThat(target.renewals).isNotEmpty();
  }

  @Test
  void renewal_forWhichThereIsNoThread_isBegunLater() {
    Queue<Error> lacking = new ArrayDeque<>(List.of(new Error("no more threads")));
    loop(
            Optional.empty(),
            clock,
            work -> {
              if (!lacking.isEmpty()) {
                throw lacking.remove();
              }
              work.run();
            })
        .start();

    clock.advance(LIFE.dividedBy(2));

    assertThat(lacking).isEmpty();
    assertThat(target.renewals).hasSize(1);
    assertThat(clock.pending()).isEqualTo(1);
  }

  @Test
  void timer_thatCannotBeCancelledOnceItRan_doesNotEndTheLoop() {
    Scheduler strict =
        (task, delay) -> {
          AtomicBoolean begun = new AtomicBoolean();
          Scheduler.Cancellable timer =
              clock.schedule(
                  () -> {
                    begun.set(true);
                    task.run();
                  },
                  delay);
          return () -> {
            if (begun.get()) {
              throw new IllegalStateException("it has begun");
            }
            timer.cancel();
          };
        };
    RenewalLoop loop = loop(Optional.empty(), new SteadyScheduler(strict), Runnable::run);
    loop.start();

    clock.advance(LIFE.multipliedBy(2));

    assertThat(target.renewals).hasSizeGreaterThan(4);
    loop.close();
    assertThat(clock.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 30})
  void renewal_wantedWhileAJumpOfTheClockIsMeasured_comesAtOnce(int minutes) {
    RenewalLoop loop = loop(Optional.empty());
    loop.start();
    target.whileMeasured = loop::renewSoon;

    time.advance(Duration.ofMinutes(minutes)); // as if the machine had slept: no timer ran
    clock.advance(Duration.ofMinutes(1));

    assertThat(target.jumps).isEqualTo(1);
    assertThat(target.renewals).hasSize(1);
  }

  @Test
  void retry_thatIsWantedSoon_comesAtOnceAndOnlyAfterAFailure() {
    RenewalLoop loop = loop(Optional.empty());
    loop.start();
    loop.retrySoon();
    clock.advance(Duration.ofSeconds(1));
    assertThat(target.renewals).isEmpty();

    target.failure = new CredentialException(Reason.UNREACHABLE, true, "down", null);
    clock.advance(Duration.ofHours(2));
    target.failure = null;
    loop.retrySoon();
    clock.advance(Duration.ofSeconds(1));

    assertThat(target.renewals).hasSize(1);
  }

  @Test
  void retry_thatIsWantedDuringATry_comesOnlyWhereThatOneFails() {
    RenewalLoop loop = loop(Optional.empty());
    AtomicInteger tries = new AtomicInteger();
    target.failure = new CredentialException(Reason.UNREACHABLE, true, "down", null);
    loop.start();
    clock.advance(Duration.ofMinutes(21));
    target.whileRenewing =
        () -> {
          target.failure = tries.incrementAndGet() < 3 ? target.failure : null;
          loop.retrySoon();
        };

    loop.retrySoon();
    clock.advance(Duration.ofSeconds(1));

    assertThat(tries).hasValue(3);
    assertThat(target.renewals).hasSize(1);
    assertThat(loop.lastError()).isEmpty();
  }

  @Test
  void scheduler_thatFails_isReplacedByTheProcesssOwn() {
    CountDownLatch renewed = new CountDownLatch(1);
    RenewalLoop loop =
        new RenewalLoop(
            new FakeTarget() {
              @Override
              public Instant notAfter() {
                return clock.instant();
              }

              @Override
              public void renew() {
                renewed.countDown();
              }
            },
            new RenewalLoop.Setting(
                new ServerTime(clock),
                new SteadyScheduler(
                    (task, delay) -> {
                      throw new RejectedExecutionException("shut down");
                    }),
                Runnable::run,
                new RenewalPolicy(Optional.empty(), new Random(1))));
    loop.start();
    try {
      clock.advance(Duration.ofSeconds(1));
      assertThat(renewed.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      loop.close();
    }
  }

  @Test
  void loop_closed_leavesNoTimer() {
    RenewalLoop loop = loop(Optional.empty());
    loop.start();

    loop.close();
    clock.advance(LIFE);

    assertThat(clock.pending()).isZero();
    assertThat(target.renewals).isEmpty();
  }

  @Test
  void policy_forShortLives_neverSpins() {
    RenewalPolicy policy = new RenewalPolicy(Optional.empty(), new Random(1));

    assertThat(policy.untilRenewal(Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.untilRenewal(Duration.ofSeconds(60)))
        .isBetween(Duration.ofSeconds(18), Duration.ofSeconds(20));
    for (int failures = 1; failures < 100; failures++) {
      assertThat(policy.untilRetry(failures, error(Reason.UNREACHABLE, true), LIFE, LIFE))
          .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(30));
      assertThat(
              policy.untilRetry(
                  failures,
                  error(Reason.UNREACHABLE, true),
                  LIFE.dividedBy(30),
                  LIFE.dividedBy(30)))
          .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
      assertThat(
              policy.untilRetry(
                  failures,
                  error(Reason.UNREACHABLE, true),
                  Duration.ofDays(7),
                  Duration.ofDays(7)))
          .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(30));
      assertThat(policy.untilRetry(failures, error(Reason.FORBIDDEN, false), LIFE, LIFE))
          .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
      assertThat(policy.untilRetry(failures, error(Reason.RATE_LIMITED, true), LIFE, LIFE))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(11));
    }
  }

  @Test
  void policy_whileTheCertificateIsValid_triesOnceMoreBeforeItsEnd() {
    RenewalPolicy policy = new RenewalPolicy(Optional.empty(), new Random(1));

    for (int failures = 1; failures < 100; failures++) {
      for (int left = 91; left < LIFE.toSeconds(); left *= 2) {
        Duration remaining = Duration.ofSeconds(left);
        assertThat(policy.untilRetry(failures, error(Reason.UNREACHABLE, true), LIFE, remaining))
            .isLessThanOrEqualTo(remaining.minus(LIFE.dividedBy(120)));
        assertThat(policy.untilRetry(failures, limitedFor(Duration.ofMinutes(5)), LIFE, remaining))
            .isLessThanOrEqualTo(remaining.minus(LIFE.dividedBy(120)));
      }
    }
  }

  @Test
  void policy_withAShortInterval_doesNotHammer() {
    RenewalPolicy policy = new RenewalPolicy(Optional.of(Duration.ofSeconds(1)), new Random(1));

    double mean =
        IntStream.range(10, 1010)
            .mapToLong(
                failures ->
                    policy.untilRetry(failures, error(Reason.LOCKED, false), LIFE, LIFE).toMillis())
            .average()
            .orElseThrow();

    assertThat(mean).isGreaterThan(10_000);
  }

  private static MachineIdException limitedFor(Duration wait) {
    return new CredentialException(Reason.RATE_LIMITED, true, "slowly", null, Optional.of(wait));
  }

  @Test
  void renewal_wantedWhileOneIsHandedOver_runsOnlyOnce() {
    List<Runnable> handed = new ArrayList<>();
    AtomicInteger entered = new AtomicInteger();
    RenewalLoop loop =
        new RenewalLoop(
            new FakeTarget() {
              @Override
              public void renew() {
                assertThat(entered.incrementAndGet()).isEqualTo(1);
                handed.get(1).run(); // the second one comes while the first is at work
              }
            },
            new RenewalLoop.Setting(
                new ServerTime(clock),
                clock,
                handed::add,
                new RenewalPolicy(Optional.empty(), new Random(1))));
    loop.start();
    clock.advance(LIFE.dividedBy(3));
    assertThat(handed).hasSize(1);
    handed.add(handed.get(0));

    handed.get(0).run();

    assertThat(entered).hasValue(1);
    assertThat(loop.lastError()).isEmpty();
    assertThat(clock.pending()).isEqualTo(1);
    loop.close();
  }

  private static MachineIdException error(Reason reason, boolean retryable) {
    return new CredentialException(reason, retryable, "for a test", null);
  }

  @Test
  void clock_thatJumpsAhead_isMeasuredAndTheRenewalReckonedAnew() {
    loop(Optional.empty()).start();

    time.advance(Duration.ofMinutes(30)); // as if the machine had slept: no timer ran
    clock.advance(Duration.ofMinutes(1));

    assertThat(target.jumps).isEqualTo(1);
    clock.advance(Duration.ofMinutes(12));
    assertThat(target.renewals).isNotEmpty();
  }

  @Test
  void clock_thatJumpsOverTheNextTryAfterAFailure_isMeasuredOnceAndTheTryMadeAtOnce() {
    target.failure = new CredentialException(Reason.UNREACHABLE, true, "down", null);
    loop(Optional.empty()).start();
    clock.advance(Duration.ofMinutes(30));
    assertThat(target.waits).isNotEmpty();
    target.failure = null;

    time.advance(Duration.ofHours(8));
    clock.advance(Duration.ofSeconds(1));

    assertThat(target.jumps).isEqualTo(1);
    assertThat(target.renewals).hasSize(1);
  }

  @Test
  void renewal_wantedSoon_comesAtOnceAndTheNextInTime() {
    RenewalLoop loop = loop(Optional.empty());
    loop.start();

    loop.renewSoon();
    clock.advance(Duration.ofSeconds(5));

    assertThat(target.renewals).containsExactly(START);
    clock.advance(LIFE);
    assertThat(target.renewals).hasSizeBetween(3, 5);
  }

  @Test
  void renewals_aThousand_takeLessThanNothing() {
    loop(Optional.empty()).start();

    clock.advance(LIFE.multipliedBy(400));

    assertThat(target.renewals).hasSizeGreaterThan(1000);
  }
}
