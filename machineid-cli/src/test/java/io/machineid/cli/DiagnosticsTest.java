package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.ConfigException;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The diagnostics of a bot on the fake cluster, and {@code machineid wait} for them. */
class DiagnosticsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern SAMPLE =
      Pattern.compile("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? -?[0-9.]+");

  @TempDir Path temporary;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Stop stop = new Stop();
  private final Reload reload = new Reload();
  private TestCluster cluster;
  private Surroundings surroundings;
  private String address;
  private String token;

  @BeforeEach
  void startCluster() throws IOException {
    cluster = TestCluster.builder().kubernetesCluster("example-k8s-cluster", Map.of()).start();
    cluster.createFullAccessRole("example-role");
    token = cluster.addBot("example", "example-role").token();
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

  private CompletableFuture<Cli.Result> start(String... clusters) throws IOException {
    StringBuilder yaml =
        new StringBuilder(
            """
            version: v2
            proxy_server: %s
            diag_addr: %s
            onboarding: {join_method: token, token: "%s"}
            storage: {type: memory}
            outputs:
            """
                .formatted(cluster.proxyAddress(), address, token));
    for (String name : clusters) {
      yaml.append(
          "- {type: kubernetes, kubernetes_cluster: %s, destination: {type: directory, path: %s}}%n"
              .formatted(name, temporary.resolve(name)));
    }
    Path config = Files.writeString(temporary.resolve("tbot.yaml"), yaml.toString());
    return Cli.inBackground(() -> Cli.run(surroundings, "start", "-c", config.toString()));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
    return http.send(request, BodyHandlers.ofString());
  }

  private JsonNode readyz() throws IOException, InterruptedException {
    return new ObjectMapper().readTree(get("/readyz").body());
  }

  private Cli.Result waitFor(String... more) {
    String[] args = new String[more.length + 2];
    args[0] = "wait";
    args[1] = "--diag-addr=" + address;
    System.arraycopy(more, 0, args, 2, more.length);
    return Cli.run(args);
  }

  @Test
  void allIsWell_readyAndMeasured() throws Exception {
    CompletableFuture<Cli.Result> running = start("example-k8s-cluster");

    assertThat(waitFor("--timeout=60s")).isEqualTo(new Cli.Result(0, "", ""));

    assertThat(get("/livez").body()).isEqualTo("OK\n");
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(readyz().at("/status").asText()).isEqualTo("healthy");
    assertThat(readyz().at("/services/kubernetes-1/status").asText()).isEqualTo("healthy");
    assertThat(get("/readyz/identity").statusCode()).isEqualTo(200);
    assertThat(get("/readyz/nosuch").statusCode()).isEqualTo(404);
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/metrics").headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(get("/metrics").body())
        .contains(
            "machineid_bot_state{state=\"ready\"} 1\n",
            "machineid_identity_generation 1\n",
            "machineid_credential_issue_duration_seconds_count 1\n",
            "machineid_service_ready{service=\"kubernetes-1\"} 1\n",
            "machineid_identity_renewals_total 0\n");
    stop.request(0);
    assertThat(running.get(60, TimeUnit.SECONDS).code()).isZero();
    assertThat(waitFor("--timeout=100ms").err()).contains("does not answer");
  }

  @Test
  void metrics_everyLineIsInTheFormat_andNoSecretIsAnywhere() throws Exception {
    CompletableFuture<Cli.Result> running = start("example-k8s-cluster", "nosuch");
    assertThat(waitFor("--service=kubernetes-1", "--timeout=60s").code()).isZero();
    await().atMost(PATIENCE).until(() -> readyz().at("/services/kubernetes-2/reason").isTextual());

    List<String> lines = get("/metrics").body().lines().toList();
    assertThat(lines)
        .allSatisfy(
            line -> assertThat(line.startsWith("# ") || SAMPLE.matcher(line).matches()).isTrue());
    assertThat(lines.stream().filter(line -> !line.startsWith("#")).map(line -> line.split(" ")[0]))
        .doesNotHaveDuplicates();
    assertThat(get("/metrics").body() + get("/readyz").body())
        .doesNotContain(token, "PRIVATE KEY", "BEGIN");
    assertThat(running).isNotDone();
  }

  @Test
  void oneOutputFails_isNamedWithTheReason_theOthersAreReady() throws Exception {
    CompletableFuture<Cli.Result> running = start("example-k8s-cluster", "nosuch");
    assertThat(waitFor("--service=kubernetes-1", "--timeout=60s").code()).isZero();
    await()
        .atMost(PATIENCE)
        .until(() -> readyz().at("/services/kubernetes-2/status").asText().equals("unhealthy"));

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(readyz().at("/status").asText()).isEqualTo("unhealthy");
    assertThat(readyz().at("/services/kubernetes-2/reason").asText()).contains("nosuch");
    assertThat(readyz().at("/services/identity/status").asText()).isEqualTo("healthy");
    Cli.Result waited = waitFor("--timeout=200ms");
    assertThat(waited.code()).isEqualTo(1);
    assertThat(waited.err()).startsWith("machineid: not ready after").contains("nosuch");
    assertThat(running).isNotDone();
  }

  @Test
  void renewalsFailOrAreRefused_degradedWhileValid_notReadyWhenLocked() throws Exception {
    CompletableFuture<Cli.Result> running = start("example-k8s-cluster");
    assertThat(waitFor("--timeout=60s").code()).isZero();

    reload.request();
    await()
        .atMost(PATIENCE)
        .until(() -> get("/metrics").body().contains("machineid_identity_renewals_total 1\n"));
    cluster.faults().unavailable(1000);
    reload.request();
    await().atMost(PATIENCE).until(() -> readyz().at("/status").asText().equals("degraded"));
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body())
        .contains("machineid_renewal_failures_total{reason=\"unreachable\"} ");

    cluster.faults().none();
    cluster.lockBot("example");
    reload.request();
    await().atMost(PATIENCE).until(() -> get("/readyz").statusCode() == 503);
    assertThat(readyz().at("/services/identity/reason").asText()).contains("lock");
    assertThat(get("/livez").statusCode()).isEqualTo(200);

    cluster.unlockBot("example");
    reload.request();
    await().atMost(PATIENCE).until(() -> get("/readyz").statusCode() == 200);
    assertThat(running).isNotDone();
  }

  @Test
  void addressInUse_isSaidBeforeTheTokenIsSpent() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + taken.getLocalPort();
      Cli.Result result = start("example-k8s-cluster").get(60, TimeUnit.SECONDS);

      assertThat(result.code()).isEqualTo(3);
      assertThat(result.err()).contains("diag_addr: cannot listen at " + address);
      assertThat(cluster.requests()).isEmpty();
    }
  }

  @Test
  void otherMethods_areRefused() throws Exception {
    Services services = new Services(List.of(), () -> Instant.EPOCH);
    try (DiagnosticsServer server = DiagnosticsServer.start("127.0.0.1:0", services, () -> "")) {
      address = "127.0.0.1:" + server.address().getPort();
      URI uri = URI.create("http://" + address + "/readyz");

      assertThat(
              http.send(
                      HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("x")).build(),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(405);
      HttpResponse<String> head =
          http.send(
              HttpRequest.newBuilder(uri).method("HEAD", BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(head.statusCode()).isEqualTo(503);
      assertThat(head.body()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1", "[::1]:1", ":1", "localhost:1"})
  void address_ofEveryForm_isAskedOnThisMachine(String text) {
    assertThat(DiagnosticsAddress.parse(text).toListen().getPort()).isEqualTo(1);
    assertThat(URI.create(DiagnosticsAddress.parse(text).url("/readyz")).getHost())
        .isIn("127.0.0.1", "[::1]", "localhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1", "host:99999", "http://a:1", "::1:1", "a:b"})
  void address_thatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> DiagnosticsAddress.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("host:port");
  }
}
