package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.TeleportSubject;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be asked for of a credential, on the fake cluster. */
class CredentialRequestTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final CredentialRequest ROLE = CredentialRequest.forRoles("example-role");

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);

  private TestCluster cluster(int version) {
    TestCluster teleport = TestCluster.builder().teleportVersion(version).clock(clock).start();
    teleport.createRole(
        """
        kind: role
        version: v7
        metadata: {name: example-role}
        spec: {allow: {kubernetes_labels: {'*': '*'}, kubernetes_groups: [editor]}}
        """);
    return teleport;
  }

  private Bot bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler)
        .start(SOON);
  }

  @Test
  void lifetimeOfItsOwn_isAskedFor_andRenewedByItsOwnInterval() {
    try (TestCluster teleport = cluster(16);
        Bot bot = bot(teleport);
        LiveCredential usual = bot.credential(ROLE);
        LiveCredential brief =
            bot.credential(ROLE.withLifetime(Duration.ofMinutes(10), Duration.ofMinutes(3)))) {
      Instant now = clock.instant();
      assertThat(brief.current().notAfter()).isBetween(now.plusSeconds(598), now.plusSeconds(602));

      scheduler.advance(bot, Duration.ofMinutes(3));
      await().atMost(SOON).until(() -> brief.current().generation() == 2);

      assertThat(usual.current().generation()).isEqualTo(1);
      assertThat(Duration.between(clock.instant(), brief.current().notAfter()))
          .isGreaterThan(Duration.ofMinutes(9));
    }
  }

  @ParameterizedTest
  @CsvSource({"16, false, true", "16, true, true", "17, false, true", "17, true, false"})
  void reissue_isAllowedWhereItIsWantedAndTheClusterKnowsOfIt(
      int version, boolean wanted, boolean disallowed) {
    try (TestCluster teleport = cluster(version);
        Bot bot = bot(teleport);
        LiveCredential issued = bot.credential(wanted ? ROLE.allowingReissue() : ROLE)) {
      assertThat(TeleportSubject.of(issued.current().certificate()).disallowsReissue())
          .isEqualTo(disallowed);
    }
  }

  @Test
  void teleportCluster_isWhatRequestsAreRoutedTo() {
    try (TestCluster teleport = cluster(16);
        Bot bot = bot(teleport);
        LiveCredential own = bot.credential(ROLE.routedTo("test.example"))) {
      assertThat(TeleportSubject.of(own.current().certificate()).routeToCluster())
          .contains("test.example");

      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> bot.credential(ROLE.routedTo("leaf.example")))
          .withMessageContaining("leaf.example")
          .extracting(CredentialException::reason)
          .isEqualTo(Reason.NOT_FOUND);
    }
  }

  @Test
  void copies_keepEverythingElse() {
    CredentialRequest all =
        CredentialRequest.kubernetes("kube", "one")
            .withLifetime(Duration.ofMinutes(2), Duration.ofMinutes(1))
            .routedTo("leaf")
            .allowingReissue();

    assertThat(all.withRoles("two").withRoles("one")).isEqualTo(all);
    assertThat(all.forKubernetesCluster("other").forKubernetesCluster("kube")).isEqualTo(all);
    assertThat(all.routedTo("other").routedTo("leaf").allowingReissue()).isEqualTo(all);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.withLifetime(Duration.ofMinutes(2), Duration.ZERO))
        .withMessageContaining("renewalInterval must be positive");
  }
}
