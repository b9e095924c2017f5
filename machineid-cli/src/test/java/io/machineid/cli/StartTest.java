package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.kubernetes.Kubeconfig;
import io.machineid.testkit.BotCredentials;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestOidcIssuer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code machineid start} against a whole cluster. */
class StartTest {

  /** Only a test that fails waits so long; a machine that is busy takes a while to start Java. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path temporary;
  private TestCluster cluster;
  private Surroundings surroundings;
  private Stop stop;

  @BeforeEach
  void startCluster() throws IOException {
    temporary = temporary.toRealPath();
    cluster =
        TestCluster.builder().authPort().kubernetesCluster("example-k8s-cluster", Map.of()).start();
    cluster.createFullAccessRole("example-role");
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    stop = new Stop();
    surroundings = new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), stop);
  }

  @AfterEach
  void stopCluster() {
    stop.request(0);
    cluster.close();
  }

  private Path config(String token, String more) throws IOException {
    String yaml =
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: "%s"}
        storage: {type: directory, path: %s/bot}
        outputs:
        - type: kubernetes
          kubernetes_cluster: example-k8s-cluster
          destination: {type: directory, path: %3$s/kube-exec-plugin}
        - type: kubernetes
          kubernetes_cluster: example-k8s-cluster
          disable_exec_plugin: true
          destination: {type: directory, path: %3$s/kube-no-plugin}
        %s
        """
            .formatted(cluster.proxyAddress(), token, temporary, more);
    return Files.writeString(temporary.resolve("tbot.yaml"), yaml);
  }

  private Cli.Result oneshot(Path config) {
    return Cli.run(surroundings, "start", "-c", config.toString(), "--oneshot");
  }

  private Path joined() throws IOException {
    BotCredentials bot = cluster.addBot("example", "example-role");
    return config(bot.token(), "");
  }

  @Test
  void oneshot_withATokenOfItsPod_joinsOnEachRun() throws Exception {
    cluster.addBot("example", "example-role");
    cluster.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: kubernetes
          kubernetes: {allow: [{service_account: "apps:web"}]}
        """);
    TestOidcIssuer own = cluster.ownKubernetes();
    Path token = temporary.resolve("token");
    Path config = config("example-token", "");
    Files.writeString(
        config, Files.readString(config).replace("join_method: token", "join_method: kubernetes"));
    Surroundings pod =
        new Surroundings(
            Map.of(
                "SSL_CERT_FILE", temporary.resolve("web-ca.crt").toString(),
                "KUBERNETES_TOKEN_PATH", token.toString()),
            stop);

    for (int run = 0; run < 2; run++) {
      Files.writeString(token, own.serviceAccountToken("apps", "web", own.url()));
      Cli.Result result = Cli.run(pod, "start", "-c", config.toString(), "--oneshot");
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(temporary.resolve("kube-no-plugin/kubeconfig.yaml")).exists();
    }
    Files.writeString(token, own.serviceAccountToken("apps", "other", own.url()));
    Cli.Result refused = Cli.run(pod, "start", "-c", config.toString(), "--oneshot");
    assertThat(refused.code()).isEqualTo(ExitCodes.NOT_ADMITTED);
    assertThat(refused.err()).contains("kubernetes token did not match any allow rules");
  }

  @Test
  void oneshot_kubeconfigs_holdTheCredentialOrAskForIt() throws Exception {
    oneshot(joined());

    Kubeconfig holding = Kubeconfig.parse(read("kube-no-plugin/kubeconfig.yaml"));
    Kubeconfig asking = Kubeconfig.parse(read("kube-exec-plugin/kubeconfig.yaml"));
    assertThat(holding.clientCertificate()).contains(certificate("kube-no-plugin"));
    assertThat(asking.execPlugin().orElseThrow().args())
        .endsWith(
            "kube", "credentials", "--destination-dir=" + temporary.resolve("kube-exec-plugin"));
    assertThat(asking.contextName()).isEqualTo(cluster.clusterName() + "-example-k8s-cluster");
  }

  @Test
  void oneshot_withTheProxysAddressAsGiven_writesThatOne() throws Exception {
    String given = cluster.proxyAddress().replace("localhost", "127.0.0.1");
    Path config = joined();
    Files.writeString(config, Files.readString(config).replace(cluster.proxyAddress(), given));
    Map<String, String> variables = new HashMap<>(surroundings.environment());
    variables.put("TBOT_USE_PROXY_ADDR", "yes");
    surroundings = new Surroundings(variables, stop);

    assertThat(oneshot(config).code()).isZero();

    Kubeconfig written = Kubeconfig.parse(read("kube-no-plugin/kubeconfig.yaml"));
    assertThat(written.endpoint().server()).hasToString("https://" + given);
    assertThat(written.endpoint().serverName())
        .contains("kube-teleport-proxy-alpn.teleport.cluster.local");
  }

  @Test
  void pluginCommand_asKubectlCallsIt_printsTheCredential() throws Exception {
    oneshot(joined());
    var plugin =
        Kubeconfig.parse(read("kube-exec-plugin/kubeconfig.yaml")).execPlugin().orElseThrow();
    List<String> command = new ArrayList<>(List.of(plugin.command()));
    command.addAll(plugin.args());

    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    JsonNode answer = new ObjectMapper().readTree(process.getInputStream());

    assertThat(process.waitFor()).isZero();
    assertThat(answer.at("/status/clientCertificateData").asText())
        .isEqualTo(read("kube-exec-plugin/tlscert"));
    assertThat(answer.at("/status/clientKeyData").asText()).isEqualTo(read("kube-exec-plugin/key"));
  }

  @Test
  void oneshot_again_renewsTheStoredIdentityWithoutTheToken() throws Exception {
    Path config = joined();
    oneshot(config);
    X509Certificate first = certificate("kube-no-plugin");

    Cli.Result again = oneshot(config);

    assertThat(again.code()).isZero();
    assertThat(certificate("kube-no-plugin")).isNotEqualTo(first);
    assertThat(cluster.isLocked("example")).isFalse();
  }

  @Test
  void oneshot_unknownCluster_namesItAndWritesNothingThere() throws Exception {
    Path config = joined();
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("kubernetes_cluster: example-k8s-cluster", "kubernetes_cluster: nosuch"));

    Cli.Result result = oneshot(config);

    assertThat(result.code()).isEqualTo(8);
    assertThat(result.err()).startsWith("machineid: ").contains("nosuch").hasLineCount(1);
    assertThat(temporary.resolve("kube-exec-plugin/kubeconfig.yaml")).doesNotExist();
    assertThat(temporary.resolve("kube-no-plugin/kubeconfig.yaml")).exists();
  }

  @Test
  void oneshot_wrongToken_isRefusedInOneLineWithoutTheToken() throws Exception {
    Cli.Result result = oneshot(config("wrong-token-0123456789abcdef", ""));

    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err())
        .startsWith("machineid: ")
        .hasLineCount(1)
        .doesNotContain("wrong-token-0123456789abcdef");
    assertThat(temporary.resolve("bot/key")).doesNotExist();
  }

  @Test
  void oneshot_destinationIsAFile_doesNotSpendTheToken() throws Exception {
    Path config = joined();
    Path file = Files.writeString(temporary.resolve("kube-no-plugin"), "");

    Cli.Result refused = oneshot(config);

    assertThat(refused.code()).isEqualTo(6);
    assertThat(refused.err()).contains(file + " is a file, not a directory");
    assertThat(cluster.requests()).isEmpty();
    Files.delete(file);
    assertThat(oneshot(config).code()).isZero();
  }

  @Test
  void oneshot_proxyNotTrusted_saysSo() throws Exception {
    Path config = joined();

    Cli.Result result =
        Cli.run(new Surroundings(Map.of(), stop), "start", "--oneshot", "-c", config.toString());

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.err()).startsWith("machineid: ").contains(cluster.proxyAddress());
    assertThat(oneshot(config).code()).isZero();
  }

  @Test
  void oneshot_authServer_isJoinedByPinOrFile() throws Exception {
    Path authority =
        Files.writeString(temporary.resolve("host-ca.crt"), cluster.hostAuthorityPem());

    Cli.Result pinned = oneshot(direct("ca_pins: [" + cluster.caPins().get(0) + "]"));
    cluster.deleteBot("example");
    Cli.Result byFile = oneshot(direct("ca_path: " + authority));
    cluster.deleteBot("example");
    Cli.Result wrong = oneshot(direct("ca_pins: ['sha256:" + "0".repeat(64) + "']"));

    assertThat(List.of(pinned.code(), byFile.code(), wrong.code())).containsExactly(0, 0, 5);
    assertThat(wrong.err()).startsWith("machineid: ").contains("pin").hasLineCount(1);
  }

  private Path direct(String trust) throws IOException {
    BotCredentials bot = cluster.addBot("example", "example-role");
    Path config = config(bot.token(), "");
    String yaml =
        Files.readString(config)
            .replace(
                "proxy_server: " + cluster.proxyAddress(), "auth_server: " + cluster.authAddress())
            .replace("onboarding: {", "onboarding: {" + trust + ", ");
    return Files.writeString(config, yaml);
  }

  @Test
  void daemon_rotation_rewritesUntilStopped() throws Exception {
    BotCredentials bot = cluster.addBot("example", "example-role");
    Path config = config(bot.token(), "renewal_interval: 1s");
    CompletableFuture<Cli.Result> running =
        Cli.inBackground(() -> Cli.run(surroundings, "start", "-c", config.toString()));
    Path kubeconfig = temporary.resolve("kube-no-plugin/kubeconfig.yaml");
    await().atMost(PATIENCE).until(() -> Files.exists(kubeconfig));
    X509Certificate first = certificate("kube-no-plugin");

    await().atMost(PATIENCE).until(() -> !certificate("kube-no-plugin").equals(first));
    Cli.Result second = oneshot(config);
    stop.request(0);

    assertThat(second.code()).isEqualTo(7);
    assertThat(second.err()).contains("is in use by another bot");
    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
    assertThat(oneshot(config).err()).isEmpty();
  }

  /** Right after the cluster has counted a renewal, before it can be stored. */
  @RepeatedTest(3)
  void daemon_stoppedWhileItRenews_leavesAnIdentityThatWorks() throws Exception {
    BotCredentials bot = cluster.addBot("example", "example-role");
    Path config = config(bot.token(), "renewal_interval: 1s");
    CompletableFuture<Cli.Result> running =
        Cli.inBackground(() -> Cli.run(surroundings, "start", "-c", config.toString()));
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> cluster.generationOf("example") > 1);
    stop.request(0);

    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
    assertThat(oneshot(config).err()).isEmpty();
    assertThat(cluster.isLocked("example")).isFalse();
  }

  @Test
  void process_terminated_endsWellAndGivesTheStorageBack() throws Exception {
    Path config = joined();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "start",
            "-c",
            config.toString());
    builder.environment().putAll(surroundings.environment());
    builder.redirectErrorStream(true).redirectOutput(temporary.resolve("log").toFile());
    Process process = builder.start();
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  !process.isAlive()
                      || (Files.exists(temporary.resolve("kube-no-plugin/kubeconfig.yaml"))
                          && Files.exists(temporary.resolve("kube-exec-plugin/kubeconfig.yaml"))));
      process.destroy();

      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(read("log")).isZero();
      assertThat(oneshot(config).code()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private X509Certificate certificate(String directory) throws Exception {
    byte[] pem = read(directory + "/tlscert").getBytes(StandardCharsets.US_ASCII);
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }

  private String read(String file) throws IOException {
    return Files.readString(temporary.resolve(file));
  }
}
