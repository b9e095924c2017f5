package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code type: kubernetes/argo-cd}. */
class ArgoCdTest {

  private static final Map<String, String> PROD = Map.of("env", "prod");

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String NAMESPACE = "default";
  private static final String PREFIX = "teleport.argocd-cluster";

  @TempDir Path temporary;
  private PlainKubernetes here;
  private TestCluster cluster;
  private final Map<String, String> environment = new HashMap<>();
  private final Stop stop = new Stop();

  @BeforeEach
  void startHere() throws IOException {
    here = new PlainKubernetes();
    environment.put("POD_NAMESPACE", NAMESPACE);
    environment.put("KUBECONFIG", here.kubeconfig(temporary.resolve("kubeconfig")).toString());
  }

  private void start(int version, String... names) throws IOException {
    cluster = TestCluster.builder().teleportVersion(version).start();
    cluster.createFullAccessRole("example-role");
    Stream.of(names).forEach(name -> Fixtures.enrol(cluster, name, PROD));
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    environment.put("SSL_CERT_FILE", roots.toString());
  }

  @AfterEach
  void stop() {
    stop.request(0);
    if (cluster != null) {
      cluster.close();
    }
    here.close();
  }

  private Path config(String more) throws IOException {
    return Files.writeString(
        temporary.resolve("tbot.yaml"),
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: "%s"}
        storage: {type: memory}
        services:
        - type: kubernetes/argo-cd
          selectors: [{labels: {env: prod}}]
          secret_labels: {team: a}
          secret_annotations: {note: b}
          project: shop
          namespaces: [one, two]
          cluster_resources: true
          cluster_name_template: "{{.KubeName}}"
        %s
        """
            .formatted(
                cluster.proxyAddress(), cluster.addBot("example", "example-role").token(), more));
  }

  private Cli.Result run(Path config, String... options) {
    String[] start = {"start", "-c", config.toString()};
    return Cli.run(
        new Surroundings(environment, stop),
        Stream.concat(Stream.of(start), Stream.of(options)).toArray(String[]::new));
  }

  private static String name(String kube) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(("test.example" + kube).getBytes(StandardCharsets.UTF_8));
    return PREFIX + "." + HexFormat.of().formatHex(digest).substring(0, 16);
  }

  private JsonNode secret(String kube) throws Exception {
    return new ObjectMapper(new YAMLFactory())
        .readTree(here.objects().get("Secret", NAMESPACE, name(kube)).orElseThrow());
  }

  private boolean exists(String kube) throws Exception {
    return here.objects().get("Secret", NAMESPACE, name(kube)).isPresent();
  }

  private static String data(JsonNode secret, String key) {
    return KubeCall.decoded(secret.at("/data/" + key));
  }

  /** As Argo CD does it. */
  private static KubeCall call(JsonNode secret) throws IOException {
    JsonNode tls = new ObjectMapper().readTree(data(secret, "config")).get("tlsClientConfig");
    return new KubeCall(
        URI.create(data(secret, "server")),
        tls.get("serverName").asText(),
        KubeCall.decoded(tls.get("caData")),
        KubeCall.decoded(tls.get("certData")),
        KubeCall.decoded(tls.get("keyData")));
  }

  @Test
  void oneshot_secretOfEachCluster_reachesIt() throws Exception {
    start(18, "prod-1", "prod-2");

    Cli.Result result = run(config(""), "--oneshot");

    assertThat(result.err()).isEmpty();
    for (String kube : List.of("prod-1", "prod-2")) {
      assertThat(call(secret(kube)).get("/api/v1/namespaces/default/configmaps"))
          .contains("this-is-" + kube);
    }
    assertThat(data(secret("prod-1"), "server"))
        .isEqualTo("https://" + cluster.proxyAddress() + "/v1/teleport/dGVzdC5leGFtcGxl/cHJvZC0x");
  }

  @Test
  void oneshot_oneClusterRoutedByCertificate_isReached() throws Exception {
    start(16, "prod-1");

    Cli.Result result = run(config(""), "--oneshot");

    assertThat(result.err()).isEmpty();
    assertThat(call(secret("prod-1")).get("/api/v1/namespaces/default/configmaps"))
        .contains("this-is-prod-1");
    assertThat(data(secret("prod-1"), "server")).isEqualTo("https://" + cluster.proxyAddress());
  }

  @Test
  void oneshot_clustersRoutedByCertificate_areRefused() throws Exception {
    start(16, "prod-1", "prod-2");

    Cli.Result result = run(config(""), "--oneshot");

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err())
        .contains("2 Kubernetes clusters have the same address", "prod-1, prod-2")
        .contains("Select one of them, or update the proxy and their agents");
    assertThat(exists("prod-1")).isFalse();
    assertThat(exists("prod-2")).isFalse();
  }

  @Test
  void oneshot_secret_saysWhatArgoCdAndPeopleNeed() throws Exception {
    start(18, "prod-1");

    run(config(""), "--oneshot");

    JsonNode secret = secret("prod-1");
    JsonNode metadata = secret.get("metadata");
    assertThat(secret.get("type").asText()).isEqualTo("Opaque");
    assertThat(metadata.at("/labels/argocd.argoproj.io~1secret-type").asText())
        .isEqualTo("cluster");
    assertThat(metadata.at("/labels/team").asText()).isEqualTo("a");
    assertThat(metadata.at("/annotations/note").asText()).isEqualTo("b");
    assertThat(metadata.at("/annotations/teleport.dev~1bot-name").asText()).isEqualTo("example");
    assertThat(metadata.at("/annotations/teleport.dev~1kubernetes-cluster-name").asText())
        .isEqualTo("prod-1");
    assertThat(metadata.at("/annotations/teleport.dev~1teleport-cluster-name").asText())
        .isEqualTo("test.example");
    assertThat(metadata.at("/annotations").has("teleport.dev/updated")).isTrue();
    assertThat(metadata.at("/annotations").has("teleport.dev/tbot-version")).isTrue();
    assertThat(data(secret, "name")).isEqualTo("prod-1");
    assertThat(data(secret, "project")).isEqualTo("shop");
    assertThat(data(secret, "namespaces")).isEqualTo("one,two");
    assertThat(data(secret, "clusterResources")).isEqualTo("true");
  }

  @Test
  void daemon_clusterThatComes_getsASecret_andOneThatLeaves_keepsItsOwn() throws Exception {
    start(18, "prod-1", "prod-2");
    Path config = config("renewal_interval: 1s");
    CompletableFuture<Cli.Result> running = Cli.inBackground(() -> run(config));
    await().atMost(PATIENCE).until(() -> exists("prod-1") && exists("prod-2"));

    cluster.removeKubernetesCluster("prod-1");
    Fixtures.enrol(cluster, "prod-3", PROD);
    await().atMost(PATIENCE).until(() -> exists("prod-3"));
    stop.request(0);

    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
    assertThat(exists("prod-1")).isTrue();
    assertThat(exists("prod-2")).isTrue();
  }

  @Test
  void oneshot_secretThatIsThere_keepsWhatOthersAdded() throws Exception {
    start(18, "prod-1");
    here.objects()
        .add(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: %s, namespace: default, labels: {mine: kept, team: other}}
            type: Opaque
            """
                .formatted(name("prod-1")));

    Cli.Result result = run(config(""), "--oneshot");

    assertThat(result.err()).isEmpty();
    JsonNode labels = secret("prod-1").at("/metadata/labels");
    assertThat(labels.get("mine").asText()).isEqualTo("kept");
    assertThat(labels.get("team").asText()).isEqualTo("a");
    assertThat(data(secret("prod-1"), "name")).isEqualTo("prod-1");
  }

  @Test
  void oneshot_apiThatIsNotThere_doesNotSpendTheToken() throws Exception {
    start(18, "prod-1");
    Path config = config("");
    here.close();

    Cli.Result result = run(config, "--oneshot");

    assertThat(result.code()).isEqualTo(ExitCodes.DESTINATION);
    assertThat(result.err()).contains("does not answer").hasLineCount(1);
    assertThat(cluster.requests()).isEmpty();
  }
}
