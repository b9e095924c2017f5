package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What many outputs cost: one certificate each, and nothing else. */
class ManyOutputsTest {

  /**
   * Joining, discovery, authorities and a listing; once more the authorities where it takes long.
   */
  private static final int CONSTANT = 9;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 50})
  void oneshot_anyNumberOfOutputs_addsOneCallEach(int outputs) throws Exception {
    try (TestCluster cluster = TestCluster.start()) {
      cluster.createFullAccessRole("example-role");
      Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
      Map<String, String> environment = Map.of("SSL_CERT_FILE", roots.toString());
      Path config = Files.writeString(temporary.resolve("tbot.yaml"), config(cluster, outputs));

      Cli.Result result =
          Cli.run(
              new Surroundings(environment, new Stop()),
              "start",
              "--oneshot",
              "-c",
              config.toString());

      assertThat(result.err()).isEmpty();
      Map<String, Long> calls =
          cluster.requests().stream()
              .map(RecordedRequest::path)
              .map(path -> path.substring(path.lastIndexOf('/') + 1))
              .filter(call -> !call.equals("WatchEvents"))
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      assertThat(calls)
          .containsEntry("GenerateUserCerts", (long) outputs)
          .containsEntry("ListResources", 1L)
          .containsEntry("find", 1L)
          .containsEntry("credentials", 1L)
          .doesNotContainKey("GetRole");
      assertThat(calls.values().stream().mapToLong(Long::longValue).sum())
          .isLessThanOrEqualTo(outputs + CONSTANT);
      assertThat(cluster.connections()).hasSize(3);
    }
  }

  private String config(TestCluster cluster, int outputs) {
    StringBuilder yaml =
        new StringBuilder(
            """
            version: v2
            proxy_server: %s
            onboarding: {join_method: token, token: "%s"}
            storage: {type: memory}
            outputs:
            """
                .formatted(
                    cluster.proxyAddress(), cluster.addBot("example", "example-role").token()));
    for (int i = 0; i < outputs; i++) {
      cluster.addKubernetesCluster("cluster-" + i, Map.of());
      yaml.append(
          "- {type: kubernetes, kubernetes_cluster: cluster-%d, roles: [example-role], destination: {type: directory, path: %s/%1$d}}%n"
              .formatted(i, temporary));
    }
    return yaml.toString();
  }
}
