package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.testing.Impostor;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestClusterBuilder;
import io.machineid.testkit.TestHttpProxy;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways into a cluster other than the ports that one would expect. */
class RoutesTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String KUBERNETES = "example-k8s-cluster";
  private static final String HOST = "teleport.example.invalid";

  private final ProxySelector selectorBefore = ProxySelector.getDefault();

  @AfterEach
  void restore() {
    ProxySelector.setDefault(selectorBefore);
  }

  private static TestCluster cluster(TestClusterBuilder builder) {
    TestCluster teleport = builder.kubernetesCluster(KUBERNETES, Map.of()).start();
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
    return teleport;
  }

  private static Bot.Builder bot(TestCluster teleport) {
    return Bot.builder()
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
        .webRoots(List.of(teleport.webAuthority()));
  }

  private static List<RecordedConnection> to(String service, TestCluster teleport) {
    return teleport.connections().stream()
        .filter(connection -> connection.service().equals(service))
        .toList();
  }

  private static MachineIdException startFails(Bot.Builder bot) {
    MachineIdException error =
        catchThrowableOfType(MachineIdException.class, () -> bot.start(SOON).close());
    assertThat(error).as("started").isNotNull();
    return error;
  }

  @Test
  void separatePorts_kubernetesHasItsOwnAndAuthGoesByTheWebPort() {
    try (TestCluster teleport = cluster(TestCluster.builder().separatePorts());
        Bot bot = bot(teleport).proxy(teleport.proxyAddress()).start(SOON)) {
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
      assertThat(bot.kubernetesEndpoint())
          .isEqualTo(
              new KubernetesEndpoint(
                  URI.create("https://" + teleport.kubernetesAddress()), Optional.empty()));
      assertThat(to("AUTH", teleport))
          .isNotEmpty()
          .allMatch(each -> each.offeredProtocols().get(0).startsWith("teleport-auth@"));
    }
  }

  @Test
  void proxy_thatPassesNobodyOnToAuth_saysWhatToSwitchOn() {
    try (TestCluster teleport = cluster(TestCluster.builder().separatePorts().withoutAuthRoute());
        Bot bot = bot(teleport).proxy(teleport.proxyAddress()).start(SOON)) {
      MachineIdException error =
          catchThrowableOfType(
              MachineIdException.class, () -> bot.kubernetesClusters(List.of()).clear());

      assertThat(error).isNotNull();
      assertThat(error.reason()).isEqualTo(Reason.UNTRUSTED);
      assertThat(error)
          .hasMessageContaining(teleport.proxyAddress())
          .hasMessageContaining("does not pass connections on")
          .hasMessageContaining("proxy_listener_mode: multiplex")
          .hasMessageContaining("auth_server");
    }
  }

  @Test
  void authServer_thatIsAProxy_isUsedAsOne() {
    try (TestCluster teleport = cluster(TestCluster.builder());
        Bot bot =
            bot(teleport)
                .authServer(teleport.proxyAddress())
                .caPins(teleport.caPins())
                .start(SOON)) {
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
      assertThat(bot.proxyAddress()).isEqualTo(teleport.proxyAddress());
      assertThat(joins(teleport)).containsExactly("/v1/webapi/host/credentials");
    }
  }

  @Test
  void authServer_thatIsAProxyAndNoPins_isUsedAsOne() {
    try (TestCluster teleport = cluster(TestCluster.builder());
        Bot bot = bot(teleport).authServer(teleport.proxyAddress()).start(SOON)) {
      assertThat(bot.proxyAddress()).isEqualTo(teleport.proxyAddress());
      assertThat(joins(teleport)).containsExactly("/v1/webapi/host/credentials");
    }
  }

  @Test
  void authServer_thatIsOneAndNoPins_getsNoTokenUnlessTheBotKnowsTheCluster() {
    try (TestCluster teleport = cluster(TestCluster.builder().authPort())) {
      Destination storage = Destination.memory();
      Bot.Builder stranger = bot(teleport).authServer(teleport.authAddress());
      assertThatThrownBy(() -> stranger.start(SOON))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(teleport.authAddress() + " is no proxy")
          .hasMessageContaining("`ca_pins`");
      assertThat(joins(teleport)).isEmpty();

      JoinMethod join = JoinMethod.token(teleport.addBot("known", "example-role").token());
      Supplier<Bot.Builder> known =
          () ->
              Bot.builder().webRoots(List.of(teleport.webAuthority())).join(join).storage(storage);
      known.get().proxy(teleport.proxyAddress()).start(SOON).close();
      try (Bot bot = known.get().authServer(teleport.authAddress()).start(SOON)) {
        assertThat(bot.identity().clusterName()).isEqualTo(teleport.clusterName());
      }
      assertThat(joins(teleport)).hasSize(1);
    }
  }

  @Test
  void insecureAuthServer_thatIsAProxy_getsNoTokenAsAnAuthServer() {
    try (TestCluster teleport = cluster(TestCluster.builder());
        Bot bot =
            bot(teleport)
                .authServer(teleport.proxyAddress())
                .insecurelyTrustAnyAuthServer()
                .start(SOON)) {
      assertThat(bot.identity().clusterName()).isEqualTo(teleport.clusterName());
      assertThat(joins(teleport)).containsExactly("/v1/webapi/host/credentials");
    }
  }

  private static List<String> joins(TestCluster teleport) {
    return teleport.requests().stream()
        .filter(request -> request.method().equals("POST"))
        .filter(request -> !request.service().equals("KUBERNETES"))
        .map(io.machineid.testkit.RecordedRequest::path)
        .filter(path -> path.endsWith("credentials") || path.endsWith("register"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {443, 3080})
  void authServer_atAPortOfProxies_isTriedAsAProxyFirst(int port) {
    try (TestHttpProxy between = TestHttpProxy.start();
        TestCluster teleport = cluster(TestCluster.builder().publicHost(HOST))) {
      between.leadTo(portOf(teleport.proxyAddress()));
      ProxySelector.setDefault(new EnvironmentProxySelector(Map.of("HTTPS_PROXY", between.url())));
      try (Bot bot =
          bot(teleport).authServer(HOST + ":" + port).caPins(teleport.caPins()).start(SOON)) {
        assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
      }
      assertThat(teleport.connections())
          .noneMatch(each -> each.serverName().equals(Optional.of("teleport.cluster.local")));
    }
  }

  @Test
  void authServer_atAPortOfProxies_isFoundToBeOneAllTheSame() {
    try (TestHttpProxy between = TestHttpProxy.start();
        TestCluster teleport = cluster(TestCluster.builder().publicHost(HOST).authPort())) {
      between.leadTo(portOf(teleport.authAddress()));
      ProxySelector.setDefault(new EnvironmentProxySelector(Map.of("HTTPS_PROXY", between.url())));
      try (Bot bot =
          bot(teleport).authServer(HOST + ":3080").caPins(teleport.caPins()).start(SOON)) {
        assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
      }
      assertThat(joins(teleport)).containsExactly("/v2/tokens/register");
    }
  }

  private static int portOf(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Test
  void address_ofNeither_tellsBothErrorsAndSendsNoToken() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (TestCluster teleport = cluster(TestCluster.builder());
        Impostor site =
            new Impostor(
                exchange -> {
                  asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                  exchange.sendResponseHeaders(200, -1);
                })) {
      MachineIdException error =
          startFails(
              Bot.builder()
                  .join(JoinMethod.token(teleport.addBot("example").token()))
                  .webRoots(List.of(site.authority()))
                  .authServer(site.address())
                  .caPins(teleport.caPins()));

      assertThat(error.reason()).isEqualTo(Reason.NOT_TELEPORT);
      assertThat(error)
          .hasMessageContaining(site.address() + " is neither")
          .hasMessageContaining("As an auth server: ")
          .hasMessageContaining("As a proxy: ")
          .hasMessageContaining("/webapi/find");
      assertThat(asked).noneMatch(request -> request.contains("tokens"));
    }
  }

  @Test
  void authServer_withAnotherPin_isNotTriedAsAProxy() {
    String other = "sha256:" + "0".repeat(64);
    try (TestCluster teleport = cluster(TestCluster.builder().authPort())) {
      MachineIdException error =
          startFails(bot(teleport).authServer(teleport.authAddress()).caPins(List.of(other)));

      assertThat(error.reason()).isEqualTo(Reason.UNTRUSTED);
      assertThat(error).hasMessageContaining(teleport.caPins().get(0)).hasMessageContaining(other);
      assertThat(to("WEB", teleport)).isEmpty();
    }
  }

  @Test
  void loadBalancer_thatEndsTls_isPassedByUpgradedConnections() {
    try (TestCluster teleport = cluster(TestCluster.builder().loadBalancer());
        Bot bot = bot(teleport).proxy(teleport.proxyAddress()).start(SOON)) {
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
      bot.renewSoon();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> bot.identity().generation().equals(OptionalLong.of(2)));

      assertThat(to("AUTH", teleport))
          .isNotEmpty()
          .allMatch(each -> each.user().equals(Optional.of("bot-example")));
      assertThat(teleport.requests())
          .anyMatch(each -> each.path().equals("/webapi/connectionupgrade"));
    }
  }

  @Test
  void loadBalancer_thatPassesNoUpgrades_isNamedWithWhatToAllow() {
    try (TestCluster teleport = cluster(TestCluster.builder().loadBalancerWithoutUpgrades());
        Bot bot = bot(teleport).proxy(teleport.proxyAddress()).start(SOON)) {
      MachineIdException error =
          catchThrowableOfType(
              MachineIdException.class, () -> bot.kubernetesClusters(List.of()).clear());

      assertThat(error).isNotNull();
      assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(error)
          .hasMessageContaining(teleport.proxyAddress())
          .hasMessageContaining("load balancer")
          .hasMessageContaining("WebSocket");
    }
  }

  @Test
  void proxyAddress_thatIsToBeUsed_replacesThePublishedOne() {
    try (TestCluster teleport = cluster(TestCluster.builder().publicHost(HOST))) {
      String given = "localhost:" + portOf(teleport.proxyAddress());
      try (Bot bot = bot(teleport).proxy(given).useProxyAddress().start(SOON)) {
        assertThat(bot.proxyAddress()).isEqualTo(given);
        assertThat(bot.kubernetesEndpoint())
            .isEqualTo(
                new KubernetesEndpoint(
                    URI.create("https://" + given),
                    Optional.of("kube-teleport-proxy-alpn.localhost")));
      }
    }
  }

  @Test
  void publishedAddress_isUsedOtherwise() {
    try (TestCluster teleport = cluster(TestCluster.builder().publicHost(HOST));
        Bot bot = bot(teleport).proxy("localhost:" + portOf(teleport.proxyAddress())).start(SOON)) {
      assertThat(bot.proxyAddress()).isEqualTo(teleport.proxyAddress());
    }
  }
}
