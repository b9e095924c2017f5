package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole processes, which are sent signals. */
class SignalsTest {

  private static final int HANGUP = 1;
  private static final int INTERRUPT = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path temporary;
  private TestCluster cluster;
  private Path config;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void startCluster() throws IOException {
    temporary = temporary.toRealPath();
    cluster = TestCluster.builder().kubernetesCluster("example-k8s-cluster", Map.of()).start();
    cluster.createFullAccessRole("example-role");
    Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    config =
        Files.writeString(
            temporary.resolve("tbot.yaml"),
            """
            version: v2
            proxy_server: %s
            onboarding: {join_method: token, token: "%s"}
            storage: {type: directory, path: %s/bot}
            outputs:
            - type: kubernetes
              kubernetes_cluster: example-k8s-cluster
              destination: {type: directory, path: %3$s/out}
            """
                .formatted(
                    cluster.proxyAddress(),
                    cluster.addBot("example", "example-role").token(),
                    temporary));
  }

  @AfterEach
  void stopAll() {
    processes.forEach(Process::destroyForcibly);
    cluster.close();
  }

  private Process start(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "start",
                "-c",
                config.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SSL_CERT_FILE", temporary.resolve("web-ca.crt").toString());
    builder.redirectErrorStream(true).redirectOutput(log(processes.size()).toFile());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Path log(int number) {
    return temporary.resolve("log" + number);
  }

  private static void signal(Process process, String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  private static int code(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private void awaitOutput(Process process) {
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || Files.exists(temporary.resolve("out/kubeconfig.yaml")));
    assertThat(process.isAlive()).isTrue();
  }

  private FileTime written() throws IOException {
    return Files.getLastModifiedTime(temporary.resolve("out/kubeconfig.yaml"));
  }

  @Test
  void daemon_hangupAndUser1_renewsIdentityAndOutput_interruptEndsItWell() throws Exception {
    Process daemon = start();
    awaitOutput(daemon);

    for (String name : ignores(daemon, HANGUP) ? List.of("USR1") : List.of("HUP", "USR1")) {
      long generation = cluster.generationOf("example");
      FileTime before = written();
      signal(daemon, name);
      await().atMost(PATIENCE).until(() -> cluster.generationOf("example") == generation + 1);
      await().atMost(PATIENCE).until(() -> written().compareTo(before) > 0);
    }

    signal(daemon, ignores(daemon, INTERRUPT) ? "TERM" : "INT");
    assertThat(code(daemon)).as(Files.readString(log(0))).isZero();
  }

  @Test
  void daemon_whoseStorageCannotBeWritten_renewsOutputsAndSaysEachTimeThatTheIdentityIsNot()
      throws Exception {
    Process daemon = start();
    awaitOutput(daemon);
    Path stored = temporary.resolve("bot/tlscert");
    Files.delete(stored);
    Files.createDirectories(stored.resolve("in-the-way"));

    for (int times = 1; times <= 2; times++) {
      FileTime before = written();
      signal(daemon, "USR1");
      await().atMost(PATIENCE).until(() -> written().compareTo(before) > 0);
      int told = times;
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(Files.readAllLines(log(0)))
                      .filteredOn(line -> line.contains("identity is not renewed, as a signal"))
                      .hasSize(told)
                      .allMatch(line -> line.contains("WARN") && line.contains("tlscert")));
    }
    assertThat(cluster.generationOf("example")).as("granted once").isEqualTo(2);

    signal(daemon, "TERM");
    assertThat(code(daemon)).isZero();
  }

  /**
   * Shells have what they run in the background ignore SIGINT, {@code nohup} has it ignore SIGHUP,
   * and all that it starts inherits that.
   */
  private static boolean ignores(Process process, int signal) throws Exception {
    String ignored =
        Files.readAllLines(java.nio.file.Path.of("/proc", process.pid() + "", "status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElse("0");
    return (Long.parseUnsignedLong(ignored, 16) >> (signal - 1) & 1) != 0;
  }

  @Test
  void second_onTheSameStorage_isRefusedAndLeavesTheFirstAlone() throws Exception {
    Process first = start();
    awaitOutput(first);

    Process second = start("--oneshot", "--log-format=json");

    assertThat(code(second)).isEqualTo(7);
    String last = Files.readAllLines(log(1)).get(Files.readAllLines(log(1)).size() - 1);
    assertThat(new ObjectMapper().readTree(last).get("message").asText())
        .isEqualTo(
            "directory %s is in use by another bot. Stop that one, or give each its own directory",
            temporary.resolve("bot"));
    signal(first, "TERM");
    assertThat(code(first)).isZero();
    assertThat(code(start("--oneshot"))).isZero();
  }

  @Test
  void oneshot_terminatedInTheMiddle_saysSoAndGivesTheStorageBack() throws Exception {
    assertThat(code(start("--oneshot"))).isZero();
    int before = cluster.requests().size();
    cluster.faults().delayCalls(Duration.ofSeconds(2));
    Process cut = start("--oneshot");
    await().atMost(PATIENCE).until(() -> cluster.requests().size() > before);

    signal(cut, "TERM");

    assertThat(code(cut)).as(Files.readString(log(1))).isEqualTo(143);
    cluster.faults().none();
    assertThat(code(start("--oneshot"))).as(Files.readString(log(2))).isZero();
    assertThat(cluster.isLocked("example")).isFalse();
  }
}
