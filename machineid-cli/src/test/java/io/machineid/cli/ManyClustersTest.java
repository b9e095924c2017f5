package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.machineid.testkit.RecordedHeartbeat;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestCluster;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code type: kubernetes/v2}. */
class ManyClustersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LITTLE_MORE_THAN_20 = Duration.ofMinutes(22);
  private static final Map<String, String> PROD = Map.of("env", "prod");

  private static final String SELECTORS =
      """
      [{name: tools}, {labels: {env: prod}, default_namespace: shop}]""";

  @TempDir Path temporary;
  private TestCluster cluster;
  private Surroundings surroundings;

  private void start(int version) throws IOException {
    temporary = temporary.toRealPath();
    cluster = TestCluster.builder().teleportVersion(version).relay().start();
    cluster.createFullAccessRole("example-role");
    Fixtures.enrol(cluster, "tools", Map.of());
    Fixtures.enrol(cluster, "prod-1", PROD);
    Fixtures.enrol(cluster, "prod-2", PROD);
    Fixtures.enrol(cluster, "test-1", Map.of("env", "test"));
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    surroundings = new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), new Stop());
  }

  @AfterEach
  void stop() {
    surroundings.stop().request(0);
    cluster.close();
  }

  private Path config(String selectors, String more) throws IOException {
    return Files.writeString(
        temporary.resolve("tbot.yaml"),
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: "%s"}
        storage: {type: memory}
        services:
        - type: kubernetes/v2
          selectors: %s
          destination: {type: directory, path: %s/asking}
        - type: kubernetes/v2
          selectors: %3$s
          context_name_template: "{{.KubeName}}"
          disable_exec_plugin: true
          destination: {type: directory, path: %4$s/holding}
        %5$s
        """
            .formatted(
                cluster.proxyAddress(),
                cluster.addBot("example", "example-role").token(),
                selectors,
                temporary,
                more));
  }

  private Cli.Result oneshot(Path config) {
    return Cli.run(surroundings, "start", "--oneshot", "-c", config.toString());
  }

  private String read(String file) throws IOException {
    return Files.readString(temporary.resolve(file));
  }

  private JsonNode kubeconfig(String output) throws IOException {
    return new ObjectMapper(new YAMLFactory()).readTree(read(output + "/kubeconfig.yaml"));
  }

  private static List<String> names(JsonNode list) {
    return list.findValuesAsText("name");
  }

  private List<String> files(String output) throws IOException {
    try (Stream<Path> files = Files.list(temporary.resolve(output))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** What kubectl does with an exec plugin: all arguments behind those of Java. */
  private static JsonNode plugin(List<String> args) throws IOException {
    Cli.Result result =
        Cli.run(args.subList(args.indexOf("kube"), args.size()).toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    return new ObjectMapper().readTree(result.out());
  }

  private String configMaps(String output, String context) throws Exception {
    return KubeCall.of(read(output + "/kubeconfig.yaml"), context, ManyClustersTest::plugin)
        .get("/api/v1/namespaces/default/configmaps");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18})
  void oneshot_eachContext_reachesItsCluster_withPluginAndWithout(int version) throws Exception {
    start(version);

    Cli.Result result = oneshot(config(SELECTORS, ""));

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    for (String name : List.of("tools", "prod-1", "prod-2")) {
      assertThat(configMaps("holding", name)).contains("this-is-" + name);
      assertThat(configMaps("asking", "test.example-" + name)).contains("this-is-" + name);
    }
    JsonNode config = kubeconfig("holding");
    assertThat(cluster.heartbeats())
        .hasSize(version == 16 ? 0 : 1)
        .flatExtracting(RecordedHeartbeat::services)
        .allMatch(service -> service.status().equals("HEALTHY"))
        .extracting(RecordedHeartbeat.Service::type)
        .containsExactlyElementsOf(
            version == 16 ? List.of() : List.of("identity", "kubernetes/v2", "kubernetes/v2"));
    assertThat(names(config.get("contexts"))).containsExactly("tools", "prod-1", "prod-2");
    assertThat(config.get("current-context").asText()).isEqualTo("tools");
    assertThat(config.at("/contexts/0/context").has("namespace")).isFalse();
    assertThat(config.at("/contexts/1/context/namespace").asText()).isEqualTo("shop");
  }

  @Test
  void oneshot_withARelay_sendsAllRequestsThere() throws Exception {
    start(18);
    Path config = config(SELECTORS, "");
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "  selectors:", "  relay_server: " + cluster.relayAddress() + "\n  selectors:"));

    Cli.Result result = oneshot(config);

    assertThat(result.err()).isEmpty();
    assertThat(configMaps("holding", "tools")).contains("this-is-tools");
    assertThat(configMaps("asking", "test.example-prod-2")).contains("this-is-prod-2");
    assertThat(cluster.requests())
        .extracting(RecordedRequest::service)
        .contains("KUBERNETES_AGENT")
        .doesNotContain("KUBERNETES");
  }

  @Test
  void oneshot_ofEighteen_hasOneCertificateAndOneUserForAll_andTheFilesOfTbot() throws Exception {
    start(18);

    oneshot(config(SELECTORS, ""));

    for (String output : List.of("asking", "holding")) {
      JsonNode config = kubeconfig(output);
      assertThat(names(config.get("users"))).containsExactly("test.example");
      assertThat(config.at("/clusters/1/cluster/server").asText())
          .isEqualTo(
              "https://" + cluster.proxyAddress() + "/v1/teleport/dGVzdC5leGFtcGxl/cHJvZC0x");
      assertThat(files(output))
          .containsExactly(
              ".write-test",
              "identity",
              "key",
              "key-cert.pub",
              "key.pub",
              "kubeconfig.yaml",
              "teleport-host-ca.crt",
              "tlscert");
    }
    assertThat(certificates()).isEqualTo(2);
    assertThat(KubeCall.decoded(kubeconfig("holding").at("/users/0/user/client-key-data")))
        .isEqualTo(read("holding/key"));
  }

  @Test
  void oneshot_ofSixteen_hasACertificateAndAUserForEach() throws Exception {
    start(16);

    oneshot(config(SELECTORS, ""));

    assertThat(names(kubeconfig("holding").get("users")))
        .containsExactly("tools", "prod-1", "prod-2");
    assertThat(files("asking")).contains("kubernetes-credentials.json");
    assertThat(files("holding")).doesNotContain("kubernetes-credentials.json");
    assertThat(certificates()).isEqualTo(2 * (3 + 1));
  }

  private long certificates() {
    return cluster.requests().stream()
        .filter(request -> request.path().endsWith("/GenerateUserCerts"))
        .count();
  }

  @Test
  void oneshot_clusterMissingByName_failsTheOutputAndLeavesItsFilesAlone() throws Exception {
    start(18);
    Path config = config(SELECTORS, "");
    Files.writeString(config, Files.readString(config).replaceFirst("name: tools", "name: nosuch"));

    Cli.Result result = oneshot(config);

    assertThat(result.code()).isEqualTo(ExitCodes.REFUSED);
    assertThat(result.err()).contains("nosuch").hasLineCount(1);
    assertThat(temporary.resolve("asking/kubeconfig.yaml")).doesNotExist();
    assertThat(temporary.resolve("holding/kubeconfig.yaml")).exists();
  }

  @Test
  void oneshot_labelsThatNothingHas_areNoError() throws Exception {
    start(18);

    Cli.Result result = oneshot(config("[{labels: {env: none}}]", ""));

    assertThat(result.err()).isEmpty();
    assertThat(kubeconfig("holding").get("contexts")).isEmpty();
    assertThat(kubeconfig("holding").get("current-context").asText()).isEmpty();
  }

  @Test
  void oneshot_labels_areTakenLiterally() throws Exception {
    start(18);

    oneshot(config("[{labels: {env: '*'}}, {labels: {'*': x}}, {labels: {env: test}}]", ""));

    assertThat(names(kubeconfig("holding").get("contexts"))).containsExactly("test-1");
  }

  @Test
  void oneshot_brokenCluster_isLeftOut_andFailsTheRunOnlyWhereItIsNamed() throws Exception {
    start(16);
    cluster.faults().refuseCertificatesFor("prod-2");

    Cli.Result byLabel = oneshot(config(SELECTORS, ""));
    List<String> written = names(kubeconfig("holding").get("contexts"));
    cluster.deleteBot("example");
    Files.delete(temporary.resolve("holding/kubeconfig.yaml"));
    Cli.Result byName = oneshot(config("[{name: tools}, {name: prod-2}]", ""));

    assertThat(byLabel.err()).isEmpty();
    assertThat(byLabel.code()).isZero();
    assertThat(written).containsExactly("tools", "prod-1");
    assertThat(byName.code()).isEqualTo(ExitCodes.REFUSED);
    assertThat(byName.err()).contains("prod-2");
    assertThat(names(kubeconfig("holding").get("contexts"))).containsExactly("tools");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 18})
  void daemon_clustersThatComeAndGo_areFollowed(int version) throws Exception {
    start(version);
    Path config = config(SELECTORS, "renewal_interval: 1s");
    CompletableFuture<Cli.Result> running =
        Cli.inBackground(() -> Cli.run(surroundings, "start", "-c", config.toString()));
    awaitContexts(List.of("tools", "prod-1", "prod-2"));

    Fixtures.enrol(cluster, "prod-3", PROD);
    awaitContexts(List.of("tools", "prod-1", "prod-2", "prod-3"));
    assertThat(configMaps("holding", "prod-3")).contains("this-is-prod-3");
    cluster.removeKubernetesCluster("prod-1");
    awaitContexts(List.of("tools", "prod-2", "prod-3"));
    surroundings.stop().request(0);

    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
  }

  private void awaitContexts(List<String> expected) {
    Path file = temporary.resolve("holding/kubeconfig.yaml");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Files.exists(file)
                    && names(kubeconfig("holding").get("contexts")).equals(expected));
  }

  /** The real one, which starts the exec plugin. */
  @ParameterizedTest
  @ValueSource(ints = {16, 18})
  void kubectl_reachesEachCluster_withPluginAndWithout(int version) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl"))),
        "kubectl is not on the PATH");
    start(version);
    oneshot(config(SELECTORS, ""));

    assertThat(kubectl("asking", "test.example-prod-2")).contains("this-is-prod-2");
    assertThat(kubectl("holding", "prod-1")).contains("this-is-prod-1");
  }

  private String kubectl(String output, String context) throws Exception {
    Process process =
        new ProcessBuilder(
                "kubectl",
                "--kubeconfig=" + temporary.resolve(output + "/kubeconfig.yaml"),
                "--context=" + context,
                "--cache-dir=" + temporary.resolve("cache"),
                "get",
                "configmaps",
                "--namespace=default",
                "--output=name")
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void outputsOfEveryType_haveLifetimesOfTheirOwn() throws Exception {
    start(18);
    Path config =
        config(
            SELECTORS,
            """
            - type: kubernetes
              kubernetes_cluster: tools
              credential_ttl: 20m
              renewal_interval: 5m
              destination: {type: directory, path: %1$s/one}
            - type: identity
              credential_ttl: 30m
              renewal_interval: 5m
              destination: {type: directory, path: %1$s/identity}
            """
                .formatted(temporary));

    assertThat(oneshot(config).err()).isEmpty();

    assertThat(Lives.of(read("one/tlscert")))
        .isBetween(Duration.ofMinutes(20), LITTLE_MORE_THAN_20);
    assertThat(Lives.of(read("identity/tlscert")))
        .isBetween(Duration.ofMinutes(30), LITTLE_MORE_THAN_20.plusMinutes(10));
  }

  @Test
  void identityOfALeafCluster_thatThereIsNot_failsAndLeavesTheOthersAlone() throws Exception {
    start(18);
    Path config =
        config(
            SELECTORS,
            """
            - type: identity
              cluster: leaf.example
              ssh_config: off
              destination: {type: directory, path: %1$s/leaf}
            - type: identity
              allow_reissue: true
              destination: {type: directory, path: %1$s/identity}
            """
                .formatted(temporary));

    Cli.Result result = oneshot(config);

    assertThat(result.code()).isEqualTo(ExitCodes.REFUSED);
    assertThat(result.err()).contains("leaf.example");
    assertThat(temporary.resolve("leaf/identity")).doesNotExist();
    assertThat(temporary.resolve("identity/identity")).exists();
    assertThat(temporary.resolve("holding/kubeconfig.yaml")).exists();
  }

  @Test
  void identityOfALeafCluster_withFilesForOpenSsh_isRefusedByName() throws Exception {
    start(16);
    try (TestCluster leaf = TestCluster.builder().clusterName("leaf.example").start()) {
      cluster.addLeaf(leaf, "example-role");
      Path config =
          config(
              SELECTORS,
              """
              - type: identity
                cluster: leaf.example
                destination: {type: directory, path: %s/leaf}
              """
                  .formatted(temporary));

      Cli.Result result = oneshot(config);

      assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
      assertThat(result.err())
          .contains("`ssh_config` for hosts of the leaf cluster leaf.example")
          .contains("the bot's own cluster test.example");
      assertThat(temporary.resolve("leaf/identity")).doesNotExist();
      assertThat(temporary.resolve("holding/kubeconfig.yaml")).exists();
    }
  }

  @Test
  void outputsOwnLifetime_isAskedForAndKept() throws Exception {
    start(18);
    String yaml =
        Files.readString(config(SELECTORS, ""))
            .replace(
                "  disable_exec_plugin: true",
                "  disable_exec_plugin: true\n  credential_ttl: 10m\n  renewal_interval: 5m");
    Path config = Files.writeString(temporary.resolve("tbot.yaml"), yaml);

    oneshot(config);

    Duration own = Lives.of(read("holding/tlscert"));
    Duration general = Lives.of(read("asking/tlscert"));
    assertThat(own).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
    assertThat(general).isGreaterThan(Duration.ofMinutes(59));
  }
}
