package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code machineid diagnose}: its flags, its file, its exit code. */
class DiagnoseTest {

  @TempDir Path temporary;
  private TestCluster cluster;
  private Surroundings surroundings;

  @BeforeEach
  void startCluster() throws IOException {
    cluster = TestCluster.builder().authPort().kubernetesCluster("a", Map.of()).start();
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    surroundings = new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), new Stop());
  }

  @AfterEach
  void stopCluster() {
    cluster.close();
  }

  @Test
  void diagnose_byFlags_tellsTheWaysAndLeavesTheTokenAlone() {
    String token = cluster.addBot("example").token();

    Cli.Result result =
        Cli.run(
            surroundings,
            "diagnose",
            "--proxy-server=" + cluster.proxyAddress(),
            "--token=" + token,
            "--join-method=token");

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .startsWith("address     " + cluster.proxyAddress())
        .contains("\nauth        ", "\nkubernetes  ")
        .doesNotContain(token);
    assertThat(cluster.generationOf("example")).isZero();
  }

  @Test
  void diagnose_byFile_touchesNoStorage() throws Exception {
    Path storage = temporary.resolve("bot");
    Path file =
        Files.writeString(
            temporary.resolve("tbot.yaml"),
            """
            version: v2
            auth_server: %s
            onboarding: {join_method: token, token: abc, ca_pins: ["%s"]}
            storage: {type: directory, path: %s}
            """
                .formatted(cluster.authAddress(), cluster.caPins().get(0), storage));

    Cli.Result result = Cli.run(surroundings, "diagnose", "-c", file.toString());

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("/v2/tokens/register");
    assertThat(storage).doesNotExist();
  }

  @Test
  void problem_endsWithTheCodeOfStart() {
    Cli.Result result =
        Cli.run(
            surroundings,
            "diagnose",
            "--proxy-server=" + cluster.authAddress(),
            "--token=abc",
            "--join-method=token");

    assertThat(result.code()).isEqualTo(ExitCodes.CONNECTION);
    assertThat(result.out()).contains("\nPROBLEM     ", "is the port of an auth server");
  }

  @Test
  void joinThatAnswersAChallenge_isToldWithItsOwnWay() {
    Cli.Result result =
        Cli.run(
            surroundings,
            "diagnose",
            "--proxy-server=" + cluster.proxyAddress(),
            "--token=example-token",
            "--join-method=iam");

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("\njoin        gRPC at " + cluster.proxyAddress());
  }
}
