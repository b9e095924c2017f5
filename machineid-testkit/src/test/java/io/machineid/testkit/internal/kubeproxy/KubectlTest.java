package io.machineid.testkit.internal.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.machineid.testkit.internal.kubernetes.InMemoryKubernetes;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real kubectl through the proxy to a Kubernetes API in memory. */
@Timeout(300)
class KubectlTest {

  private static final long PATIENCE_SECONDS = 60;

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %s, namespace: default}
      spec: {containers: [{name: c, image: nginx}]}
      """;

  @TempDir Path directory;
  private ProxyFixture proxy;

  @BeforeEach
  void start() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl"))),
        "kubectl is not on the PATH");
    proxy = new ProxyFixture(new InMemoryKubernetes(InstantSource.system()));
  }

  @AfterEach
  void stop() {
    if (proxy != null) {
      proxy.close();
    }
  }

  @Test
  void objects_areMadeListedWatchedAndDeleted() throws Exception {
    Path config = kubeconfig("ok");
    assertThat(kubectl(config, "get", "pods", "-A")).contains("No resources found");
    assertThat(kubectl(config, "create", "configmap", "settings", "--from-literal=a=b"))
        .contains("configmap/settings created");
    assertThat(kubectl(config, "get", "configmap", "settings", "-o", "jsonpath={.data.a}"))
        .isEqualTo("b");
    assertThat(kubectl(config, "auth", "can-i", "list", "pods")).contains("yes");

    Process watch = process(config, "get", "configmaps", "-w", "-o", "name").start();
    try (BufferedReader names = watch.inputReader(StandardCharsets.UTF_8)) {
      assertThat(names.readLine()).startsWith("configmap/");
      kubectl(config, "create", "configmap", "new");
      String line = names.readLine();
      while (line != null && !line.equals("configmap/new")) {
        line = names.readLine();
      }
      assertThat(line).isEqualTo("configmap/new");
    } finally {
      watch.destroy();
    }

    assertThat(kubectl(config, "delete", "configmap", "settings")).contains("deleted");
    assertThat(proxy.requests).extracting(RequestListener.Request::user).containsOnly("bot-ok");
  }

  @Test
  void narrowRole_seesOnlyItsPods() throws Exception {
    Path all = kubeconfig("ok");
    for (String name : List.of("ok-1", "other")) {
      Path file = Files.writeString(directory.resolve(name + ".yaml"), POD.formatted(name));
      kubectl(all, "apply", "-f", file.toString());
    }

    Path narrow = kubeconfig("narrow");

    assertThat(kubectl(narrow, "get", "pods", "-A")).contains("ok-1").doesNotContain("other");
    assertThat(kubectl(narrow, "get", "pods", "-o", "name")).isEqualTo("pod/ok-1\n");
    assertThat(kubectl(narrow, "get", "pod", "other"))
        .contains("cannot get resource \"pods\"", "Ask your Teleport admin");
    assertThat(kubectl(narrow, "auth", "can-i", "delete", "pods/ok-1")).contains("no");
    assertThat(kubectl(narrow, "get", "nodes")).contains("at the cluster scope");
  }

  private Path kubeconfig(String role) throws IOException {
    Certs.Holder bot = proxy.bot("bot-" + role, role);
    String text =
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: c}}]
        clusters: [{name: c, cluster: {server: 'https://localhost:%d', certificate-authority-data: %s}}]
        users: [{name: c, user: {client-certificate-data: %s, client-key-data: %s}}]
        """
            .formatted(
                proxy.port(),
                base64(Pems.of(proxy.certs.authority)),
                base64(Pems.of(bot.chain().get(0))),
                base64(Pems.of(bot.key())));
    return Files.writeString(directory.resolve(role + ".kubeconfig"), text);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String kubectl(Path config, String... arguments) throws Exception {
    Path output = Files.createTempFile(directory, "kubectl", ".out");
    Process process = process(config, arguments).redirectOutput(output.toFile()).start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      fail("kubectl did not end: " + String.join(" ", arguments));
    }
    return Files.readString(output);
  }

  private ProcessBuilder process(Path config, String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", config.toString()));
    command.addAll(List.of("--cache-dir", directory.resolve("cache").toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }
}
