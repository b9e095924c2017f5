package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String SUFFIX = ".kuberelay.teleport.cluster.local";

  private static TestCluster cluster(int version) {
    TestCluster cluster =
        TestCluster.builder()
            .teleportVersion(version)
            .relay()
            .kubernetesCluster("one", Map.of())
            .kubernetesCluster("two", Map.of())
            .start();
    cluster.createFullAccessRole("example-role");
    return cluster;
  }

  private static Bot bot(TestCluster cluster) {
    return Bot.builder()
        .proxy(cluster.proxyAddress())
        .webRoots(List.of(cluster.webAuthority()))
        .join(JoinMethod.token(cluster.addBot("example", "example-role").token()))
        .start(SOON);
  }

  @Test
  void name_isThatOfIndependentArithmetic() {
    assertThat(RelayRouting.serverName("test.example", "example-k8s-cluster"))
        .isEqualTo("cluster-p9ek0ap3ef6e4gvbtqi37i7p7fj3mse12cncrbrquok44uh71igg" + SUFFIX);
  }

  @Test
  void clusters_areReachedByTheRelay_eachByItsName_andNothingOfThemByTheProxy() throws Exception {
    try (TestCluster cluster = cluster(18);
        Bot bot = bot(cluster);
        KubernetesFleet fleet =
            KubernetesFleet.builder(bot)
                .select(ClusterSelector.all())
                .relay(cluster.relayAddress())
                .open(SOON)) {
      assertThat(fleet.work(FleetFixture::pods).run()).allMatch(FleetOutcome::succeeded).hasSize(2);
      try (KubernetesClient fabric8 = Fabric8.client(fleet.clusters().get(1).access())) {
        assertThat(fabric8.pods().inNamespace("default").list().getItems()).isNotNull();
      }

      assertThat(cluster.requests())
          .extracting(RecordedRequest::service)
          .contains("KUBERNETES_AGENT")
          .doesNotContain("KUBERNETES");
      assertThat(cluster.requests())
          .filteredOn(request -> request.service().equals("KUBERNETES_AGENT"))
          .extracting(request -> request.serverName().orElseThrow())
          .containsOnly(
              RelayRouting.serverName("test.example", "one"),
              RelayRouting.serverName("test.example", "two"));
      assertThat(fleet.kubeconfig().toYaml())
          .contains("server: https://" + cluster.relayAddress())
          .contains("tls-server-name: " + RelayRouting.serverName("test.example", "two"))
          .doesNotContain(cluster.proxyAddress());
    }
  }

  @Test
  void relay_thatDoesNotKnowTheCluster_endsTheConnection() {
    try (TestCluster cluster = cluster(18);
        TestCluster other = cluster(18);
        Bot bot = bot(cluster);
        KubernetesFleet fleet =
            KubernetesFleet.builder(bot)
                .select(ClusterSelector.name("one"))
                .relay(other.relayAddress())
                .open(SOON)) {
      other.removeKubernetesCluster("one");
      KubernetesAccess access = fleet.clusters().get(0).access();
      HttpClient client = access.httpClient();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(access.endpoint().server() + "/version")).build();

      assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17})
  void relay_ofAClusterThatCanHaveNone_isRefusedBeforeAnythingIsIssued(int version) {
    try (TestCluster cluster = cluster(version);
        Bot bot = bot(cluster)) {
      KubernetesFleet.Builder fleet =
          KubernetesFleet.builder(bot)
              .select(ClusterSelector.all())
              .commonCredential()
              .relay(cluster.relayAddress());

      assertThatThrownBy(() -> fleet.open(SOON))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("the cluster runs Teleport " + version + ".")
          .hasMessageContaining("18.5");
      assertThat(cluster.requests())
          .extracting(RecordedRequest::method)
          .noneMatch(method -> method.endsWith("GenerateUserCerts"));
    }
  }

  @Test
  void relay_withoutAnAddress_isRefused() {
    try (TestCluster cluster = cluster(18);
        Bot bot = bot(cluster)) {
      assertThatThrownBy(() -> KubernetesFleet.builder(bot).relay("https://relay"))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("the relay: ");
    }
  }
}
