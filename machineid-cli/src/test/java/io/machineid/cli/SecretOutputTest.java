package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage and an output in secrets, of a cluster that a kubeconfig names. */
class SecretOutputTest {

  private static final String KUBE = "example-k8s-cluster";
  private static final String ROLE =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
          kubernetes_resources:
          - {kind: '*', namespace: '*', name: '*', verbs: ['*']}
      """;

  @TempDir Path base;
  private TestCluster cluster;
  private Bot bot;
  private KubernetesAccess access;
  private HttpServer front;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    cluster = TestCluster.builder().kubernetesCluster(KUBE, Map.of()).start();
    cluster.createRole(ROLE);
    bot =
        Bot.builder()
            .proxy(cluster.proxyAddress())
            .webRoots(List.of(cluster.webAuthority()))
            .join(JoinMethod.token(cluster.addBot("front", "example-role").token()))
            .start(Duration.ofSeconds(60));
    access = KubernetesAccess.to(bot, KUBE);
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.createContext("/", this::relay);
    front.start();
    Path roots = Files.writeString(base.resolve("web-ca.crt"), cluster.webAuthorityPem());
    environment.put("SSL_CERT_FILE", roots.toString());
    environment.put("KUBECONFIG", kubeconfig().toString());
    environment.put("POD_NAMESPACE", "default");
  }

  @AfterEach
  void stop() {
    front.stop(0);
    access.close();
    bot.close();
    cluster.close();
  }

  /** What {@code kubectl proxy} does. */
  private void relay(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      URI target = access.endpoint().server().resolve(exchange.getRequestURI());
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target)
              .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      if (type != null) {
        request.header("Content-Type", type);
      }
      HttpResponse<byte[]> answer =
          access.httpClient().send(request.build(), BodyHandlers.ofByteArray());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path kubeconfig() throws IOException {
    return Files.writeString(
        base.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts: [{name: here, context: {cluster: here, user: me}}]
        clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: me, user: {}}]
        """
            .formatted(front.getAddress().getPort()));
  }

  private Path config() throws IOException {
    return Files.writeString(
        base.resolve("tbot.yaml"),
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: %s}
        storage: {type: kubernetes_secret, name: bot-identity}
        outputs:
        - type: kubernetes
          kubernetes_cluster: %s
          disable_exec_plugin: true
          destination: {type: kubernetes_secret, name: out, labels: {app: bot}}
        """
            .formatted(
                cluster.proxyAddress(), cluster.addBot("example", "example-role").token(), KUBE));
  }

  private Cli.Result oneshot(Path config) {
    return Cli.run(
        new Surroundings(environment, new Stop()), "start", "--oneshot", "-c", config.toString());
  }

  private String stored(String secret, String key) {
    String json = cluster.kubernetes(KUBE).get("Secret", "default", secret).orElseThrow();
    Matcher value =
        Pattern.compile("\"?" + Pattern.quote(key) + "\"?\\s*:\\s*\"?([A-Za-z0-9+/=]+)")
            .matcher(json);
    assertThat(value.find()).as(key).isTrue();
    return new String(Base64.getDecoder().decode(value.group(1)), StandardCharsets.UTF_8);
  }

  @Test
  void oneshot_twice_keepsTheIdentityAndTheOutputInSecrets() throws Exception {
    Path config = config();

    Cli.Result first = oneshot(config);
    String written = stored("out", "kubeconfig.yaml");
    Cli.Result second = oneshot(config);

    assertThat(first.err()).isEmpty();
    assertThat(second.err()).isEmpty();
    assertThat(second.code()).isZero();
    assertThat(cluster.generationOf("example")).isEqualTo(2);
    assertThat(written).contains("client-key-data");
    assertThat(stored("out", "kubeconfig.yaml")).isNotEqualTo(written);
    assertThat(stored("bot-identity", "tlscert")).startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void oneshot_noNamespaceOrNoCluster_saysWhatIsMissingBeforeTheTokenIsSpent() throws Exception {
    Path config = config();
    environment.remove("POD_NAMESPACE");
    assertThat(oneshot(config).err()).contains("POD_NAMESPACE").hasLineCount(1);

    environment.put("POD_NAMESPACE", "default");
    environment.remove("KUBECONFIG");
    assertThat(oneshot(config).err()).contains("this process is in no pod").hasLineCount(1);

    environment.put("KUBECONFIG", base.resolve("none").toString());
    assertThat(oneshot(config).err()).contains(base.resolve("none").toString()).hasLineCount(1);

    environment.put("KUBECONFIG", kubeconfig().toString());
    assertThat(oneshot(config).err()).isEmpty();
  }
}
