package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.machineid.Bot;
import io.machineid.KubernetesEndpoint;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the fake cluster says and serves as each version of Teleport. */
class VersionsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private static TestCluster cluster(int version) {
    TestCluster teleport =
        TestCluster.builder()
            .teleportVersion(version)
            .kubernetesCluster("one", Map.of())
            .kubernetesCluster("two", Map.of())
            .start();
    teleport.createFullAccessRole("fleet");
    return teleport;
  }

  private static Bot bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "fleet").token()))
        .start(SOON);
  }

  private static HttpResponse<String> pods(KubernetesAccess with, String path) throws Exception {
    KubernetesEndpoint endpoint = with.endpoint();
    URI base = endpoint.server().resolve("/");
    URI pods = base.resolve(path + "/api/v1/namespaces/default/pods");
    return with.httpClient().send(HttpRequest.newBuilder(pods).build(), BodyHandlers.ofString());
  }

  /** With a certificate for the cluster "one". */
  @ParameterizedTest
  @CsvSource({
    "16, /v1/teleport/dGVzdC5leGFtcGxl/b25l, 404",
    "17, /v1/teleport/dGVzdC5leGFtcGxl/b25l, 200",
    "18, /v1/teleport/dGVzdC5leGFtcGxl/b25l, 200",
    "18, '', 200",
    "18, /v1/teleport/dGVzdC5leGFtcGxl/dHdv, 400",
    "18, /v1/teleport/b3RoZXI/b25l, 400"
  })
  void path_isServedSinceSeventeen_andMayNotContradictTheCertificate(
      int version, String path, int status) throws Exception {
    try (TestCluster teleport = cluster(version);
        Bot bot = bot(teleport);
        KubernetesAccess access = KubernetesAccess.to(bot, "one")) {
      assertThat(pods(access, path).statusCode()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 16.0.0-dev, 3, 0", "17, 17.7.0, 1, 2", "18, 18.5.0, 1, 2"})
  void fleet_asksForAsManyCertificatesAsTheVersionNeeds(
      int version, String number, int certificates, int byPath) throws Exception {
    try (TestCluster teleport = cluster(version);
        Bot bot = bot(teleport);
        KubernetesFleet fleet =
            KubernetesFleet.builder(bot)
                .commonCredential()
                .select(ClusterSelector.all())
                .open(SOON)) {
      assertThat(bot.proxyVersion()).isEqualTo(number);
      assertThat(bot.kubernetesClusters(List.of()))
          .allMatch(each -> each.agentVersions().contains(number));
      assertThat(teleport.requests())
          .filteredOn(request -> FleetFixture.call(request).equals("GenerateUserCerts"))
          .hasSize(certificates);
      for (FleetCluster each : fleet.clusters()) {
        assertThat(FleetFixture.pods(each)).isEqualTo(200);
      }
      assertThat(teleport.requests())
          .filteredOn(request -> request.path().startsWith("/v1/teleport/"))
          .hasSize(byPath);
    }
  }

  @Test
  void versionThatThereIsNot_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestCluster.builder().teleportVersion(15))
        .withMessageContaining("16, 17 and 18 can be played");
  }
}
