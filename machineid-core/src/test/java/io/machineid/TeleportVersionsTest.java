package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What differs between the versions of Teleport, from a bot's start to its renewal. */
class TeleportVersionsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);

  private Bot.Builder bot(TestCluster teleport, boolean direct) {
    Bot.Builder bot =
        Bot.builder()
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .clock(clock)
            .scheduler(scheduler);
    return direct
        ? bot.authServer(teleport.authAddress()).caPins(teleport.caPins())
        : bot.proxy(teleport.proxyAddress()).webRoots(List.of(teleport.webAuthority()));
  }

  @ParameterizedTest
  @CsvSource({"16, false", "17, false", "18, false", "16, true", "17, true", "18, true"})
  void certificates_areAskedForInTheFormThatTheVersionReads(int version, boolean direct) {
    try (TestCluster teleport =
            TestCluster.builder()
                .teleportVersion(version)
                .authPort()
                .clock(clock)
                .kubernetesCluster("k8s-cluster", Map.of())
                .start();
        Bot bot = bot(teleport, direct).start(SOON)) {
      teleport.createFullAccessRole("example-role");
      LiveCredential live = bot.credential(CredentialRequest.kubernetes("k8s-cluster"));
      Instant end = bot.identity().notAfter();
      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(
          bot,
          () -> {
            assertThat(bot.identity().notAfter()).isAfter(end);
            assertThat(live.current().generation()).isGreaterThan(1);
          });

      assertThat(bot.identity().generation()).hasValue(2);
      assertThat(teleport.warnings()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clusterThatTakesNewerClientsOnly_isNamedAsThat(boolean direct) {
    try (TestCluster teleport =
        TestCluster.builder()
            .teleportVersion(18)
            .oldestClient("19.1.0")
            .authPort()
            .clock(clock)
            .start()) {
      assertThatThrownBy(() -> bot(teleport, direct).start(SOON).close())
          .isInstanceOfSatisfying(
              MachineIdException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.NOT_TELEPORT);
                assertThat(e.retryable()).isFalse();
              })
          .hasMessageContainingAll("19.1.0", "protocol of 18.0.0", "Use a newer machineid");
    }
  }
}
