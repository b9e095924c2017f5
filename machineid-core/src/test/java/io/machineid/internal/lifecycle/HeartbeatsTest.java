package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.ClosedException;
import io.machineid.ConnectionException;
import io.machineid.HeartbeatMode;
import io.machineid.MachineIdException.Reason;
import io.machineid.ServiceHealth;
import io.machineid.internal.auth.Heartbeat;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {

  private final TestClock clock = TestClock.stoppedAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<Heartbeat> sent = new ArrayList<>();
  private RuntimeException failure;
  private boolean known = true;
  private List<ServiceHealth> health = List.of();

  private Heartbeats heartbeats(HeartbeatMode mode) {
    return heartbeats(mode, Runnable::run, () -> health);
  }

  private Heartbeats heartbeats(
      HeartbeatMode mode, Executor workers, Supplier<List<ServiceHealth>> told) {
    return new Heartbeats(
        new Heartbeats.Setting(mode, "token", scheduler, workers, scheduler, told), this::send);
  }

  private boolean send(Heartbeat heartbeat) {
    sent.add(heartbeat);
    if (failure != null) {
      throw failure;
    }
    return known;
  }

  private static ConnectionException unreachable() {
    return new ConnectionException(Reason.UNREACHABLE, true, "away", null);
  }

  @Test
  void repeated_comesAtOnceAndEveryHalfHour_theFirstIsTheStartup() {
    heartbeats(HeartbeatMode.REPEATED).start();
    assertThat(sent).containsExactly(new Heartbeat(true, false, Duration.ZERO, "token", List.of()));

    scheduler.advance(Duration.ofMinutes(29));
    assertThat(sent).hasSize(1);
    scheduler.advance(Duration.ofMinutes(1));
    scheduler.advance(Duration.ofMinutes(30));

    assertThat(sent.subList(1, sent.size()))
        .containsExactly(
            new Heartbeat(false, false, Duration.ofMinutes(30), "token", List.of()),
            new Heartbeat(false, false, Duration.ofHours(1), "token", List.of()));
  }

  @Test
  void failure_isTriedFiveTimesInAll_andThenAtTheNextHalfHour_asTheStartupStill() {
    failure = unreachable();
    heartbeats(HeartbeatMode.REPEATED).start();

    scheduler.advance(Duration.ofSeconds(15));
    assertThat(sent).hasSize(5);
    scheduler.advance(Duration.ofMinutes(29));
    assertThat(sent).hasSize(5);
    failure = null;
    scheduler.advance(Duration.ofMinutes(1));

    assertThat(sent).hasSize(6);
    assertThat(sent.get(5).startup()).isTrue();
    assertThat(scheduler.pending()).isEqualTo(1);
  }

  @Test
  void failure_firstTryAgain_comesAfterHalfASecondToASecond() {
    failure = unreachable();
    heartbeats(HeartbeatMode.REPEATED).start();

    assertThat(scheduler.untilNext().orElseThrow())
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
  }

  @Test
  void clusterThatDoesNotKnowThem_isAskedEveryHalfHourAndNotInBetween() {
    known = false;
    heartbeats(HeartbeatMode.REPEATED).start();

    scheduler.advance(Duration.ofMinutes(30));

    assertThat(sent).hasSize(2).allMatch(Heartbeat::startup);
  }

  @Test
  void once_isOne_whetherItArrivesOrNot() {
    failure = unreachable();
    Heartbeats heartbeats = heartbeats(HeartbeatMode.ONCE);
    heartbeats.start();
    heartbeats.start();

    scheduler.advance(Duration.ofHours(2));
    heartbeats.close();

    assertThat(sent).containsExactly(new Heartbeat(true, true, Duration.ZERO, "token", List.of()));
    assertThat(scheduler.pending()).isZero();
  }

  @Test
  void health_thatFailsByAnError_doesNotEndThem() {
    Queue<Error> failing = new ArrayDeque<>(List.of(new NoClassDefFoundError("for a test")));
    Heartbeats heartbeats =
        heartbeats(
            HeartbeatMode.REPEATED,
            Runnable::run,
            () -> {
              if (!failing.isEmpty()) {
                throw failing.remove();
              }
              return health;
            });

    heartbeats.start();
    failing.add(new NoClassDefFoundError("for a test"));
    scheduler.advance(Duration.ofHours(1));

    assertThat(failing).isEmpty();
    assertThat(sent).hasSize(3);
  }

  @Test
  void heartbeat_forWhichThereIsNoThread_isTriedAgain() {
    Queue<Error> lacking = new ArrayDeque<>(List.of(new Error("no more threads")));
    Heartbeats heartbeats =
        heartbeats(
            HeartbeatMode.REPEATED,
            work -> {
              if (!lacking.isEmpty()) {
                throw lacking.remove();
              }
              work.run();
            },
            () -> health);

    heartbeats.start();
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(sent).hasSize(1);
  }

  private static ServiceHealth service(ServiceHealth.Status status) {
    return new ServiceHealth("kubernetes", "kubernetes-1", status, Optional.empty(), Instant.EPOCH);
  }

  @Test
  void first_waitsUntilEverythingHasComeToSomething() {
    health =
        List.of(service(ServiceHealth.Status.HEALTHY), service(ServiceHealth.Status.INITIALIZING));
    heartbeats(HeartbeatMode.REPEATED).start();
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(sent).isEmpty();

    health =
        List.of(service(ServiceHealth.Status.HEALTHY), service(ServiceHealth.Status.UNHEALTHY));
    scheduler.advance(Heartbeats.LOOK);

    assertThat(sent).extracting(Heartbeat::services).containsExactly(health);
  }

  @Test
  void first_doesNotWaitForEver() {
    health = List.of(service(ServiceHealth.Status.INITIALIZING));
    heartbeats(HeartbeatMode.REPEATED).start();

    scheduler.advance(Heartbeats.LOOK.multipliedBy(Heartbeats.LOOKS));

    assertThat(sent).extracting(Heartbeat::services).containsExactly(health);
  }

  @Test
  void once_thatStillWaits_tellsAtTheEndWhatThereIs() {
    health = List.of(service(ServiceHealth.Status.INITIALIZING));
    Heartbeats heartbeats = heartbeats(HeartbeatMode.ONCE);
    heartbeats.start();
    assertThat(sent).isEmpty();
    health = List.of(service(ServiceHealth.Status.HEALTHY));

    heartbeats.close();
    scheduler.advance(Duration.ofHours(1));

    assertThat(sent).extracting(Heartbeat::services).containsExactly(health);
  }

  @Test
  void repeated_thatIsClosedWhileItWaits_tellsNothing() {
    health = List.of(service(ServiceHealth.Status.INITIALIZING));
    Heartbeats heartbeats = heartbeats(HeartbeatMode.REPEATED);
    heartbeats.start();

    heartbeats.close();
    scheduler.advance(Duration.ofHours(1));

    assertThat(sent).isEmpty();
  }

  @Test
  void health_thatCannotBeHad_isLeftOut() {
    new Heartbeats(
            new Heartbeats.Setting(
                HeartbeatMode.ONCE,
                "token",
                scheduler,
                Runnable::run,
                scheduler,
                () -> {
                  throw new IllegalStateException("test");
                }),
            this::send)
        .start();

    assertThat(sent).extracting(Heartbeat::services).containsExactly(List.of());
  }

  @Test
  void noneAndClosed_sendNothingMore() {
    heartbeats(HeartbeatMode.NONE).start();
    assertThat(sent).isEmpty();

    Heartbeats closed = heartbeats(HeartbeatMode.REPEATED);
    closed.start();
    closed.close();
    scheduler.advance(Duration.ofHours(1));
    assertThat(sent).hasSize(1);

    failure = new ClosedException("the bot");
    heartbeats(HeartbeatMode.REPEATED).start();
    assertThat(scheduler.pending()).isZero();
  }
}
