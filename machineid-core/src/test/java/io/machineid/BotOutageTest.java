package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Outages of the auth service, lost answers, and clocks that are wrong, on the fake cluster. */
class BotOutageTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DUE = Duration.ofMinutes(21);
  private static final int ALL_CALLS = 1_000_000;
  private static final String KUBERNETES = "example-k8s-cluster";

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<BotEvent> events = new CopyOnWriteArrayList<>();
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).kubernetesCluster(KUBERNETES, Map.of()).start();
    teleport.createRole(
        """
        kind: role
        version: v7
        metadata: {name: example-role}
        spec:
          allow:
            kubernetes_labels: {'*': '*'}
            kubernetes_groups: [editor]
        """);
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private Bot.Builder builder() {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler)
        .listener(events::add);
  }

  private void awaitState(Bot bot, BotState state) {
    scheduler.goOn(
        bot,
        () -> assertThat(bot.state()).as(() -> "last error: " + bot.lastError()).isEqualTo(state));
  }

  private static Reason reason(Bot bot) {
    return bot.lastError().orElseThrow().reason();
  }

  @Test
  void outage_shorterThanTheLife_isOutlivedAndEverythingRenewedAfterIt() {
    try (Bot bot = builder().start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      teleport.faults().unavailable(ALL_CALLS);
      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      scheduler.advance(bot, Duration.ofMinutes(20));

      assertThat(live.current().notAfter()).isAfter(clock.instant());
      assertThat(reason(bot)).isEqualTo(Reason.UNREACHABLE);

      teleport.faults().none();
      awaitState(bot, BotState.READY);

      assertThat(bot.identity().generation()).hasValue(2);
      assertThat(live.current().generation()).isGreaterThan(1);
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(BotEvent.StateChanged.class::isInstance)
                      .extracting(event -> ((BotEvent.StateChanged) event).to())
                      .containsExactly(BotState.DEGRADED, BotState.READY));
    }
  }

  @Test
  void outage_longerThanTheLife_leavesATypedErrorAndAsksNothingInVain() {
    try (Bot bot = builder().start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      teleport.faults().unavailable(ALL_CALLS);
      scheduler.advance(bot, Duration.ofMinutes(70));
      awaitState(bot, BotState.EXPIRED);
      teleport.dropConnections();
      teleport.faults().none();
      int asked = teleport.requests().size();

      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> bot.credential(CredentialRequest.kubernetes(KUBERNETES)))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXPIRED))
          .withMessageContaining("the bot's identity ended at");

      assertThat(teleport.requests().stream().skip(asked))
          .noneMatch(request -> request.toString().contains("GenerateUserCerts"));
      assertThat(live.current().notAfter()).isBefore(clock.instant());
      scheduler.goOn(
          bot, () -> assertThat(bot.lastError()).get().asString().contains("Recreate the bot"));
      assertThat(bot.state()).isEqualTo(BotState.EXPIRED);
    }
  }

  @Test
  void end_ofTheIdentity_isToldWhenItComes() {
    try (Bot bot = builder().start(SOON)) {
      teleport.faults().unavailable(ALL_CALLS);
      scheduler.advance(
          bot, Duration.between(clock.instant(), bot.identity().notAfter()).plusSeconds(2));

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(BotEvent.StateChanged.class::isInstance)
                      .extracting(event -> ((BotEvent.StateChanged) event).to())
                      .contains(BotState.EXPIRED));
    }
  }

  @Test
  void answerToARenewal_lost_costsNeitherTheBotNorItsCredentials() {
    try (Bot bot = builder().start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      teleport.faults().dropNextRenewalResponse();
      scheduler.advance(bot, DUE);
      scheduler.goOn(bot, () -> assertThat(reason(bot)).isEqualTo(Reason.SUPERSEDED));

      assertThat(teleport.generationOf("example")).isEqualTo(2);
      assertThat(bot.identity().generation()).hasValue(1);
      assertThat(teleport.isLocked("example")).isFalse();
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      scheduler.goOn(bot, () -> assertThat(live.current().generation()).isEqualTo(2));
      assertThat(teleport.isLocked("example")).isFalse();
    }
  }

  @Test
  void rateLimit_isWaitedOut() {
    try (Bot bot = builder().start(SOON)) {
      teleport.faults().rateLimited(5, Duration.ofSeconds(5));
      scheduler.advance(bot, DUE);
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(BotEvent.RenewalFailed.class::isInstance)
                      .extracting(event -> ((BotEvent.RenewalFailed) event).error().reason())
                      .contains(Reason.RATE_LIMITED));
      awaitState(bot, BotState.READY);

      assertThat(bot.identity().generation()).hasValue(2);
    }
  }

  @Test
  void clock_setBack_doesNotMakeAnAnswerYoung() {
    try (Bot bot = builder().start(SOON)) {
      List<String> roles = List.of("example-role");
      assertThat(bot.kubernetesClusters(roles, Duration.ofMinutes(1))).hasSize(1);
      teleport.addKubernetesCluster("another-k8s-cluster", Map.of());

      clock.advance(Duration.ofSeconds(-30));

      assertThat(bot.kubernetesClusters(roles, Duration.ofSeconds(1))).hasSize(2);
    }
  }

  @Test
  void clock_tenMinutesAhead_isReckonedWith() {
    assertSkew(Duration.ofMinutes(10).minusSeconds(5));
  }

  @Test
  void clock_tenMinutesBehind_isReckonedWith() {
    assertSkew(Duration.ofMinutes(-10).plusSeconds(5));
  }

  /** Joins, and renews once, with a clock that is wrong. */
  private void assertSkew(Duration ahead) {
    TestClock wrong = TestClock.running();
    wrong.advance(ahead);
    FakeScheduler timers = new FakeScheduler(wrong);
    try (Bot bot = builder().clock(wrong).scheduler(timers).start(SOON)) {
      assertThat(bot.health().clockOffset().plus(ahead).abs()).isLessThan(Duration.ofSeconds(60));
      assertThat(bot.state()).isEqualTo(BotState.READY);

      clock.advance(DUE);
      timers.advance(bot, DUE);
      assertThat(bot.identity().generation()).hasValue(2);
      assertThat(bot.state()).isEqualTo(BotState.READY);
    }
  }

  @Test
  void clock_muchMoreThanTenMinutesWrong_isRefusedAtTheStart() {
    TestClock wrong = TestClock.running();
    wrong.advance(Duration.ofMinutes(30));

    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> builder().clock(wrong).start(SOON))
        .withMessageContaining("Set the clock");
  }
}
