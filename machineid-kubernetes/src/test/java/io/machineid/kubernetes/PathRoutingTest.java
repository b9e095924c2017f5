package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathRoutingTest {

  private static final KubernetesEndpoint PROXY =
      new KubernetesEndpoint(
          URI.create("https://teleport.example:443"),
          Optional.of("kube-teleport-proxy-alpn.teleport.example"));

  private static KubernetesCluster served(String... agents) {
    return new KubernetesCluster("kube", Map.of(), Set.of(agents));
  }

  @ParameterizedTest
  @CsvSource({
    "16.0.0-dev, 16.0.0-dev, false",
    "16.4.7, 18.1.0, false",
    "17.3.9, 17.3.9, false",
    "17.4.0, 17.4.0, true",
    "17.7.0-rc.1, 17.10.0, true",
    "18.0.0, 18.0.0, true",
    "v18.1.0, 18.0.0-rc.1, true",
    "19.0.0-dev, 18.5.0, true",
    "18.0.0, 17.7.0, true",
    "18.0.0, 17.3.0, false",
    "18.0.0, '', false",
    "18, 18.0.0, false",
    "latest, 18.0.0, false"
  })
  void cluster_isReachedByPath_whereProxyAndAgentCan(String proxy, String agent, boolean can) {
    assertThat(PathRouting.serves(proxy, served(agent))).isEqualTo(can);
  }

  @Test
  void cluster_isNotReachedByPath_whileOneAgentIsOldOrNoneIsKnown() {
    assertThat(PathRouting.serves("18.0.0", served("18.0.0", "16.4.7"))).isFalse();
    assertThat(PathRouting.serves("18.0.0", served())).isFalse();
  }

  @Test
  void path_hasBothNamesInUrlSafeBase64WithoutPadding() {
    KubernetesEndpoint found = PathRouting.endpoint(PROXY, "tele.example", "kube?~>ü");

    assertThat(found.server())
        .isEqualTo(
            URI.create("https://teleport.example:443/v1/teleport/dGVsZS5leGFtcGxl/a3ViZT9-PsO8"));
    assertThat(found.serverName()).isEqualTo(PROXY.serverName());
  }

  @Test
  void clients_ofAPathRoutedCluster_askBelowItsPath_andShareOneUser() throws Exception {
    TestPki.Identity authority = TestPki.authority("test.example");
    TestPki.Identity client = authority.client("bot", Instant.now().plusSeconds(3600));
    try (TestKube kube = new TestKube(authority.server(TestKube.NAME), authority.certificate())) {
      StubCredential credential =
          new StubCredential(
              new Credential(
                  1,
                  client.certificate(),
                  client.key(),
                  List.of(authority.certificate()),
                  List.of(authority.certificate()),
                  "",
                  List.of()));
      FleetCluster one = byPath(kube, credential, "one");
      FleetCluster two = byPath(kube, credential, "two");

      FleetFixture.pods(one);
      FleetFixture.pods(two);

      assertThat(kube.seen)
          .extracting(TestKube.Seen::path)
          .containsExactly(
              "/v1/teleport/dGVzdC5leGFtcGxl/b25l/api/v1/namespaces/default/pods",
              "/v1/teleport/dGVzdC5leGFtcGxl/dHdv/api/v1/namespaces/default/pods");
      JsonNode config =
          new ObjectMapper(new YAMLFactory())
              .readTree(
                  new FleetKubeconfig(
                          List.of(one.context().orElseThrow(), two.context().orElseThrow()))
                      .toYaml());
      assertThat(config.get("users")).hasSize(1);
      assertThat(config.at("/contexts/1/context/user").textValue()).isEqualTo("test.example");
      assertThat(config.at("/clusters/1/cluster/server").textValue())
          .endsWith("/v1/teleport/dGVzdC5leGFtcGxl/dHdv");

      one.remove();

      assertThatExceptionOfType(ClosedException.class).isThrownBy(one::access);
      assertThat(FleetFixture.pods(two)).isEqualTo(200);
      two.remove();
    }
  }

  private static FleetCluster byPath(TestKube kube, StubCredential credential, String name) {
    FleetCluster cluster =
        FleetCluster.of(
            new FleetCluster.Fleet("test.example", ManualTime.now().forAccess()),
            new FleetSelection.Match(
                new KubernetesCluster(name, Map.of(), Set.of("18.0.0")), Optional.empty(), true),
            ContextNameTemplate.STANDARD);
    cluster.give(
        new LentCredential(credential),
        PathRouting.endpoint(kube.endpoint(), "test.example", name));
    return cluster;
  }
}
