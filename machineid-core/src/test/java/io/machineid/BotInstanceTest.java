package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.internal.transport.AuthChannels;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RecordedHeartbeat;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What bots tell clusters that keep instances of them. */
class BotInstanceTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);

  private Bot.Builder bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(JoinMethod.token(teleport.addBot("example").token()))
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler);
  }

  private static void awaitHeartbeats(TestCluster teleport, int count) {
    await().atMost(SOON).until(() -> teleport.heartbeats().size() >= count);
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void bot_tellsOfItselfAtItsStartAndAgainAfterHalfAnHour(int version) {
    try (TestCluster teleport =
            TestCluster.builder().teleportVersion(version).clock(clock).start();
        Bot bot = bot(teleport).start(SOON)) {
      awaitHeartbeats(teleport, 1);
      RecordedHeartbeat first = teleport.heartbeats().get(0);
      assertThat(first.botName()).isEqualTo("example");
      assertThat(bot.identity().instanceId()).contains(first.instanceId());
      assertThat(first.startup()).isTrue();
      assertThat(first.oneShot()).isFalse();
      assertThat(first.joinMethod()).isEqualTo("token");
      assertThat(first.uptime()).isZero();
      assertThat(first.version()).isEqualTo(AuthChannels.TELEPORT_VERSION);
      assertThat(first.architecture()).isNotEmpty().doesNotContain("_");
      assertThat(first.os()).isNotEmpty().isLowerCase();
      await().atMost(SOON).until(() -> scheduler.waits(Duration.ofMinutes(30)));

      Instant end = bot.identity().notAfter();
      scheduler.advance(bot, Duration.ofMinutes(21));
      await().atMost(SOON).until(() -> bot.identity().notAfter().isAfter(end));
      String renewed = bot.identity().instanceId().orElseThrow();
      scheduler.advance(bot, Duration.ofMinutes(9));
      awaitHeartbeats(teleport, 2);

      assertThat(teleport.heartbeats().get(1).startup()).isFalse();
      assertThat(teleport.heartbeats().get(1).uptime()).isEqualTo(Duration.ofMinutes(30));
      assertThat(renewed).isEqualTo(first.instanceId());
    }
  }

  @Test
  void bot_tellsHowItsServicesDo_namesAndReasonsAsLongAsTheClusterTakesThem() {
    Instant since = Instant.parse("2026-01-01T00:00:00.123456789Z");
    List<ServiceHealth> health =
        List.of(
            new ServiceHealth(
                "identity", "identity", ServiceHealth.Status.HEALTHY, Optional.empty(), since),
            new ServiceHealth(
                "kubernetes",
                "a" + "é".repeat(40),
                ServiceHealth.Status.UNHEALTHY,
                Optional.of("x".repeat(300)),
                since));
    try (TestCluster teleport = TestCluster.builder().teleportVersion(18).clock(clock).start()) {
      bot(teleport).heartbeats(HeartbeatMode.ONCE).serviceHealth(() -> health).start(SOON).close();

      assertThat(teleport.heartbeats().get(0).services())
          .containsExactly(
              new RecordedHeartbeat.Service("identity", "identity", "HEALTHY", "", since),
              new RecordedHeartbeat.Service(
                  "kubernetes", "a" + "é".repeat(31), "UNHEALTHY", "x".repeat(256), since));
    }
  }

  @Test
  void bot_thatDoesItsWorkOnce_tellsThatEvenWhenItIsClosedAtOnce() {
    try (TestCluster teleport = TestCluster.builder().teleportVersion(18).clock(clock).start()) {
      bot(teleport).heartbeats(HeartbeatMode.ONCE).start(SOON).close();

      assertThat(teleport.heartbeats()).hasSize(1).allMatch(RecordedHeartbeat::oneShot);
    }
  }

  @Test
  void cluster_withoutInstances_isToldNothing() {
    try (TestCluster teleport = TestCluster.builder().clock(clock).start();
        Bot bot = bot(teleport).heartbeats(HeartbeatMode.ONCE).start(SOON)) {
      assertThat(bot.identity().instanceId()).isEmpty();
      bot.close();

      assertThat(teleport.requests())
          .extracting(RecordedRequest::path)
          .noneMatch(path -> path.endsWith("SubmitHeartbeat"));
    }
  }
}
