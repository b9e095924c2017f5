package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bot follows the exchange of the host authority, phase by phase. */
class AuthorityRotationTest {

  private static final String KUBERNETES = "example-k8s-cluster";

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<BotEvent> events = new CopyOnWriteArrayList<>();
  private TestCluster teleport;
  private Bot bot;
  private LiveCredential live;

  @BeforeEach
  void start() {
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
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .webRoots(List.of(teleport.webAuthority()))
            .clock(clock)
            .scheduler(scheduler)
            .listener(events::add)
            .start(Duration.ofSeconds(60));
    live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
  }

  @AfterEach
  void close() {
    bot.close();
    teleport.close();
  }

  private void rotate(RotationPhase phase) {
    teleport.rotateHostAuthority(phase);
    scheduler.goOn(
        bot,
        () -> {
          assertThat(bot.certificateAuthorities().host().stream().map(Object::hashCode))
              .as("known after " + phase)
              .hasSameElementsAs(trusted());
          assertThat(live.current().hostAuthorities())
              .isEqualTo(bot.certificateAuthorities().host());
          assertThat(bot.state()).isEqualTo(BotState.READY);
        });
    assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
  }

  private List<Integer> trusted() throws Exception {
    return java.security.cert.CertificateFactory.getInstance("X.509")
        .generateCertificates(
            new java.io.ByteArrayInputStream(
                teleport.hostAuthorityPem().getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .stream()
        .map(Object::hashCode)
        .toList();
  }

  @Test
  void hostAuthority_exchanged_isFollowedInEveryPhase() {
    List<?> before = live.current().hostAuthorities();

    rotate(RotationPhase.INIT);
    assertThat(live.current().hostAuthorities()).hasSize(2);
    rotate(RotationPhase.UPDATE_CLIENTS);
    rotate(RotationPhase.UPDATE_SERVERS);
    rotate(RotationPhase.STANDBY);

    assertThat(live.current().hostAuthorities()).hasSize(1).isNotEqualTo(before);
    assertThat(events).filteredOn(BotEvent.AuthoritiesChanged.class::isInstance).isNotEmpty();
    assertThat(events).noneMatch(BotEvent.RenewalFailed.class::isInstance);
  }

  @Test
  void hostAuthority_rolledBack_isTheOldOneAgain() {
    List<?> before = live.current().hostAuthorities();

    rotate(RotationPhase.INIT);
    rotate(RotationPhase.UPDATE_CLIENTS);
    rotate(RotationPhase.ROLLBACK);
    rotate(RotationPhase.STANDBY);

    assertThat(live.current().hostAuthorities()).isEqualTo(before);
  }

  @Test
  void connections_dropped_areMadeAgainAndTheWatchToo() {
    // Nothing else is asked meanwhile: that a cut is noticed at all shows that the watch stood.
    for (int cut = 0; cut < 3; cut++) {
      int connections = teleport.connections().size();
      teleport.dropConnections();
      scheduler.goOn(bot, () -> assertThat(teleport.connections()).hasSizeGreaterThan(connections));
    }

    assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
    assertThat(bot.identity().generation()).hasValue(1);
  }
}
