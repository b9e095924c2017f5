package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.destination.Destination;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code start TYPE}: an output by flags, without a file, as of {@code tbot} 17 and newer. */
class StartOutputTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path temporary;
  private TestCluster cluster;
  private Surroundings surroundings;
  private String token;

  @BeforeEach
  void startCluster() throws IOException {
    temporary = temporary.toRealPath();
    cluster =
        TestCluster.builder()
            .kubernetesCluster("one", Map.of("env", "test"))
            .kubernetesCluster("two", Map.of("env", "test"))
            .start();
    cluster.createFullAccessRole("example-role");
    token = cluster.addBot("example", "example-role").token();
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    surroundings = new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), new Stop());
  }

  @AfterEach
  void stopCluster() {
    surroundings.stop().request(0);
    cluster.close();
  }

  private Path out() {
    return temporary.resolve("out");
  }

  private Cli.Result start(String... flags) {
    List<String> all = new ArrayList<>(List.of("start"));
    all.addAll(List.of(flags));
    all.addAll(
        List.of(
            "--proxy-server=" + cluster.proxyAddress(),
            "--join-method=token",
            "--token=" + token,
            "--storage=file://" + temporary + "/bot",
            "--destination=file://" + out()));
    return Cli.run(surroundings, all.toArray(String[]::new));
  }

  @Test
  void kubernetes_writesTheClusterOfTheFlags() {
    Cli.Result result =
        start("kubernetes", "--kubernetes-cluster=two", "--disable-exec-plugin", "--oneshot");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(out().resolve("kubeconfig.yaml"))
        .content()
        .contains("client-key-data")
        .contains("test.example-two")
        .doesNotContain("test.example-one");
  }

  @Test
  void kubernetesV2_writesTheClustersThatFit() {
    Cli.Result result = start("kubernetes/v2", "--label-selector=env=test", "--oneshot");

    assertThat(result.err()).isEmpty();
    assertThat(out().resolve("kubeconfig.yaml"))
        .content()
        .contains("test.example-two", "test.example-one");
  }

  @Test
  void identity_mayBeOfTheBotsOwnCluster() {
    Cli.Result result = start("identity", "--cluster=test.example", "--oneshot", "--no-insecure");

    assertThat(result.err()).isEmpty();
    assertThat(out().resolve("identity")).exists();
    assertThat(out().resolve("ssh_config")).exists();
  }

  @Test
  void processNumber_isInItsFileForAsLongAsItRuns() throws Exception {
    Path file = temporary.resolve("machineid.pid");
    Files.writeString(file, "of a process that was killed");
    CompletableFuture<Cli.Result> running =
        Cli.inBackground(
            () -> start("kubernetes", "--kubernetes-cluster=one", "--pid-file=" + file));

    await().atMost(PATIENCE).until(() -> Files.exists(out().resolve("kubeconfig.yaml")));
    assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));

    surroundings.stop().request(0);
    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
    assertThat(file).doesNotExist();
  }

  @Test
  void processNumber_thatCannotBeWritten_isAnErrorBeforeTheJoin() {
    Cli.Result result =
        start("kubernetes", "--kubernetes-cluster=one", "--pid-file=" + temporary + "/no/such");

    assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(result.err()).contains("--pid-file: " + temporary + "/no/such cannot be written");
    assertThat(cluster.requests()).isEmpty();
  }

  /** The storage is the other one's, and so is the file. */
  @Test
  void processNumber_ofTheOneThatHasTheStorage_isLeftAlone() throws Exception {
    Path file = Files.writeString(temporary.resolve("machineid.pid"), "1\n");
    Destination storage = Destination.directory(temporary.resolve("bot"));
    storage.prepare();
    try (Destination.Lock held = storage.lock()) {
      Cli.Result result =
          start("kubernetes", "--kubernetes-cluster=one", "--pid-file=" + file, "--oneshot");

      assertThat(held).isNotNull();
      assertThat(result.code()).isEqualTo(ExitCodes.IN_USE);
      assertThat(file).hasContent("1");
    }
  }

  @Test
  void processNumber_ofAnotherProcessByNow_isLeftAlone() throws Exception {
    Path file = temporary.resolve("machineid.pid");
    PidFile written = PidFile.write(file);
    Files.writeString(file, "1\n");

    written.remove();

    assertThat(file).hasContent("1");
  }

  @Test
  void legacy_isAStartWithAFileAlone() throws Exception {
    Path file =
        Files.writeString(
            temporary.resolve("tbot.yaml"),
            """
            version: v2
            proxy_server: %s
            onboarding: {join_method: token, token: "%s"}
            storage: {type: memory}
            oneshot: true
            outputs:
            - type: identity
              destination: {type: directory, path: %s}
            """
                .formatted(cluster.proxyAddress(), token, out()));

    Cli.Result result = Cli.run(surroundings, "start", "legacy", "-c", file.toString());

    assertThat(result.err()).isEmpty();
    assertThat(out().resolve("identity")).exists();
  }

  @Test
  void leafWithFilesForOpenSsh_endsTheDaemon() {
    try (TestCluster leaf = TestCluster.builder().clusterName("leaf.example").start()) {
      cluster.addLeaf(leaf, "example-role");

      Cli.Result result = start("identity", "--cluster=leaf.example");

      assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
      assertThat(result.err()).contains("`ssh_config` for hosts of the leaf cluster leaf.example");
    }
  }

  @Test
  void flagsThatDoNotGoTogether_areRefusedByName() {
    assertThat(start("kubernetes").err())
        .startsWith("machineid: an output of the type kubernetes needs --kubernetes-cluster");
    assertThat(start("identity", "--name-selector=a").err())
        .startsWith("machineid: --name-selector does not belong to an output of the type identity");
    assertThat(start("legacy").err())
        .startsWith("machineid: --destination belongs to an output; name one after `start`");
    assertThat(start("kubernetes/v2").err())
        .startsWith("machineid: an output of the type kubernetes/v2 needs --name-selector or");
    assertThat(start("database").err()).startsWith("machineid: `database` is no output to add");
    assertThat(cluster.requests()).isEmpty();
  }
}
