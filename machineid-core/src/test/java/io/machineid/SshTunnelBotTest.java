package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestClusterBuilder;
import io.machineid.testkit.TestSocksProxy;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster whose auth service is reached through its proxy's SSH server alone. */
class SshTunnelBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String KUBERNETES = "example-k8s-cluster";

  private final ProxySelector selectorBefore = ProxySelector.getDefault();

  @AfterEach
  void restore() {
    ProxySelector.setDefault(selectorBefore);
  }

  private static TestCluster cluster(TestClusterBuilder builder) {
    TestCluster teleport = builder.sshTunnel().kubernetesCluster(KUBERNETES, Map.of()).start();
    teleport.createFullAccessRole("example-role");
    return teleport;
  }

  private static Bot.Builder bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
        .webRoots(List.of(teleport.webAuthority()));
  }

  private static void works(Bot bot) {
    assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
    assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current().generation())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"16,legacy", "17,balanced-v1", "18,fips-v1"})
  void bot_reachesTheAuthServiceBySsh_andRenews(int version, String suite) {
    try (TestCluster teleport =
            cluster(TestCluster.builder().teleportVersion(version).signatureAlgorithmSuite(suite));
        Bot bot = bot(teleport).start(SOON)) {
      works(bot);
      bot.renewSoon();
      Awaitility.await()
          .atMost(SOON)
          .until(() -> bot.identity().generation().equals(OptionalLong.of(2)));

      assertThat(teleport.connections())
          .filteredOn(each -> each.service().equals("AUTH"))
          .isNotEmpty()
          .allMatch(each -> each.offeredProtocols().get(0).startsWith("teleport-auth@"))
          .extracting(RecordedConnection::user)
          .containsOnly(Optional.of("bot-example"));
    }
  }

  @Test
  void connections_thatAreCut_areMadeAgain() {
    try (TestCluster teleport = cluster(TestCluster.builder());
        Bot bot = bot(teleport).start(SOON)) {
      works(bot);
      teleport.dropConnections();

      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
    }
  }

  @Test
  void tunnel_goesThroughProxies() {
    String host = "teleport.example.invalid";
    try (TestSocksProxy between = TestSocksProxy.start();
        TestCluster teleport = cluster(TestCluster.builder().publicHost(host))) {
      ProxySelector.setDefault(new EnvironmentProxySelector(Map.of("ALL_PROXY", between.url())));
      try (Bot bot = bot(teleport).start(SOON)) {
        works(bot);
      }
      assertThat(between.requests()).allMatch(each -> each.startsWith("CONNECT " + host + ":"));
    }
  }

  @Test
  void diagnosis_tellsOfTheTunnel() {
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      assertThat(bot(teleport).diagnose().toText())
          .contains(
              "auth        %s, an SSH tunnel of the proxy, for who has joined: not tried, verified by the cluster's CA for SSH\n"
                  .formatted(teleport.sshTunnelAddress()))
          .contains(", verified by the cluster's CA, which a join brings\n")
          .contains("Nothing is wrong");
    }
  }

  @Test
  void bot_thatIsClosed_leavesNoThread() {
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      try (Bot bot = bot(teleport).start(SOON)) {
        works(bot);
      }
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(Thread.getAllStackTraces().keySet())
                      .noneMatch(each -> each.getName().startsWith("machineid-ssh")));
    }
  }
}
