package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An output for many clusters while it is kept: its health, and what makes it look again. */
class FollowedClustersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Map<String, String> PROD = Map.of("env", "prod");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Stop stop = new Stop();
  private final Reload reload = new Reload();

  @TempDir Path temporary;
  private TestCluster cluster;
  private Surroundings surroundings;
  private String address;

  @BeforeEach
  void startCluster() throws IOException {
    cluster =
        TestCluster.builder()
            .kubernetesCluster("prod-1", PROD)
            .kubernetesCluster("prod-2", PROD)
            .start();
    cluster.createFullAccessRole("example-role");
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    surroundings =
        new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), stop, reload, () -> {});
    address = Fixtures.freeAddress();
  }

  @AfterEach
  void stopCluster() {
    stop.request(0);
    cluster.close();
  }

  private CompletableFuture<Cli.Result> start(String selectors, String interval)
      throws IOException {
    Path config =
        Files.writeString(
            temporary.resolve("tbot.yaml"),
            """
            version: v2
            proxy_server: %s
            diag_addr: %s
            renewal_interval: %s
            onboarding: {join_method: token, token: "%s"}
            storage: {type: memory}
            services:
            - type: kubernetes/v2
              name: many
              selectors: %s
              disable_exec_plugin: true
              destination: {type: directory, path: %s/out}
            """
                .formatted(
                    cluster.proxyAddress(),
                    address,
                    interval,
                    cluster.addBot("example", "example-role").token(),
                    selectors,
                    temporary));
    return Cli.inBackground(() -> Cli.run(surroundings, "start", "-c", config.toString()));
  }

  private JsonNode health() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/readyz/many")).build();
    try {
      return new ObjectMapper().readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (ConnectException e) {
      return new ObjectMapper().createObjectNode();
    }
  }

  private void awaitStatus(String status) {
    await().atMost(PATIENCE).until(() -> health().path("status").asText().equals(status));
  }

  private String kubeconfig() throws IOException {
    return Files.readString(temporary.resolve("out/kubeconfig.yaml"));
  }

  private void end(CompletableFuture<Cli.Result> running) throws Exception {
    stop.request(0);
    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
  }

  @Test
  void brokenCluster_degradesTheOutputAndIsNamed_untilItWorks() throws Exception {
    cluster.faults().refuseCertificatesFor("prod-2");
    CompletableFuture<Cli.Result> running = start("[{labels: {env: prod}}]", "1s");

    awaitStatus("degraded");
    assertThat(health().path("reason").asText()).contains("Kubernetes cluster prod-2");
    assertThat(kubeconfig()).contains("test.example-prod-1").doesNotContain("prod-2");
    cluster.faults().none();
    awaitStatus("healthy");

    await().atMost(PATIENCE).until(() -> kubeconfig().contains("test.example-prod-2"));
    end(running);
  }

  @Test
  void clusterMissingByName_isWaitedFor_andLeavesFilesAloneWhenItLeaves() throws Exception {
    CompletableFuture<Cli.Result> running = start("[{name: tools}, {name: prod-1}]", "1s");
    awaitStatus("unhealthy");
    assertThat(health().path("reason").asText()).contains("tools");
    assertThat(temporary.resolve("out/kubeconfig.yaml")).doesNotExist();

    cluster.addKubernetesCluster("tools", Map.of());
    awaitStatus("healthy");
    assertThat(kubeconfig()).contains("test.example-tools");
    cluster.removeKubernetesCluster("tools");
    awaitStatus("degraded");

    assertThat(kubeconfig()).contains("test.example-tools");
    end(running);
  }

  @Test
  void signalToReload_looksAtTheClusters() throws Exception {
    CompletableFuture<Cli.Result> running = start("[{labels: {env: prod}}]", "20m");
    awaitStatus("healthy");
    cluster.addKubernetesCluster("prod-3", PROD);

    reload.request();
    await().atMost(PATIENCE).until(() -> kubeconfig().contains("test.example-prod-3"));
    end(running);
  }
}
