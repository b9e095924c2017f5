package io.machineid.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.machineid.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person does with {@code --serve}: one process each for cluster, bot and kubectl. */
@TestInstance(Lifecycle.PER_CLASS)
class ServeTest {

  private static final String HOLDING = "holding";
  private static final String ASKING = "machine-id";

  private static final String SECOND_OUTPUT =
      """
        - type: kubernetes
          kubernetes_cluster: example-k8s-cluster
          disable_exec_plugin: true
          destination:
            type: directory
            path: %s
      """;

  private static final String DEPLOYED =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %s, namespace: shop, labels: {step: "%s"}}
      spec: {containers: [{name: web, image: nginx}]}
      """;

  private Path temporary;
  private Path directory;
  private Programs programs;
  private Programs.Running cluster;
  private String written;

  @BeforeAll
  void takeTheGuidesSteps(@TempDir Path empty) throws Exception {
    temporary = empty.toRealPath();
    directory = temporary.resolve("guide");
    programs =
        new Programs(
            temporary, Map.of("SSL_CERT_FILE", directory.resolve("web-ca.crt").toString()));
    cluster = programs.java(Quickstart.class, "--serve", "--dir", directory.toString());
    cluster.awaitOutput("READY");
    written = Files.readString(directory.resolve("tbot.yaml"));
    Path both =
        Files.writeString(
            directory.resolve("both.yaml"),
            written + SECOND_OUTPUT.formatted(directory.resolve(HOLDING)));
    try (Programs.Running bot =
        programs.java(Main.class, "start", "-c", both.toString(), "--oneshot")) {
      assertThat(bot.end()).contains("oneshot: all outputs are written");
    }
  }

  @AfterAll
  void end() {
    if (cluster != null) {
      cluster.close();
      assertThat(cluster.output()).doesNotContain("\tat ");
    }
  }

  @Test
  void directory_whenReady_holdsRoleConfigurationAndTrust() throws IOException {
    assertThat(directory.resolve("role.yaml")).content().contains("name: example-role");
    assertThat(directory.resolve("web-ca.crt")).content().contains("BEGIN CERTIFICATE");
    assertThat(written)
        .contains("proxy_server: localhost:", "join_method: token", "token: ")
        .contains("path: " + directory.resolve(ASKING));
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("tbot.yaml"))))
        .isEqualTo("rw-------");
  }

  @Test
  void kubeconfigs_ofBothKinds_holdTheCredentialOrAskForIt() {
    assertThat(directory.resolve(ASKING).resolve("kubeconfig.yaml"))
        .content()
        .contains("exec:", "--destination-dir=" + directory.resolve(ASKING))
        .doesNotContain("client-key-data");
    assertThat(directory.resolve(HOLDING).resolve("kubeconfig.yaml"))
        .content()
        .contains("client-key-data")
        .doesNotContain("exec:");
  }

  @ParameterizedTest
  @ValueSource(strings = {ASKING, HOLDING})
  void kubectl_withEachKind_listsCreatesWatchesAppliesAndDeletes(String kind) throws Exception {
    assumeTrue(Programs.onPath("kubectl"), "kubectl is not on the PATH");

    assertThat(kubectl(kind, "get", "pods", "-A")).contains("NAMESPACE", "web-1", "web-2");
    assertThat(kubectl(kind, "create", "configmap", kind, "--from-literal=color=blue"))
        .contains("configmap/" + kind + " created");
    watchSees(kind, kind + "-new");

    Path pod = temporary.resolve(kind + ".yaml");
    Files.writeString(pod, DEPLOYED.formatted(kind, "one"));
    assertThat(kubectl(kind, "apply", "-f", pod.toString())).contains("pod/" + kind + " created");
    Files.writeString(pod, DEPLOYED.formatted(kind, "two"));
    assertThat(kubectl(kind, "apply", "-f", pod.toString()))
        .contains("pod/" + kind + " configured");
    assertThat(kubectl(kind, "get", "pod", kind, "-n", "shop", "-o", "jsonpath={.metadata.labels}"))
        .contains("two");

    assertThat(kubectl(kind, "delete", "configmap", kind)).contains("deleted");
    assertThat(kubectl(kind, "delete", "-f", pod.toString(), "--wait=false")).contains("deleted");
    assertThat(kubectl(kind, "get", "configmaps", "-o", "name"))
        .doesNotContain("configmap/" + kind + "\n");
  }

  private void watchSees(String kind, String name) throws Exception {
    try (Programs.Running watch =
        programs.start(command(kind, "get", "configmaps", "-w", "-o", "name"))) {
      watch.awaitOutput("configmap/" + kind + "\n");
      kubectl(kind, "create", "configmap", name);
      watch.awaitOutput("configmap/" + name + "\n");
    }
    kubectl(kind, "delete", "configmap", name);
  }

  private String kubectl(String kind, String... arguments) throws Exception {
    try (Programs.Running kubectl = programs.start(command(kind, arguments))) {
      return kubectl.end();
    }
  }

  private String[] command(String kind, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "kubectl",
                "--kubeconfig",
                directory.resolve(kind).resolve("kubeconfig.yaml").toString(),
                "--cache-dir",
                temporary.resolve("cache").toString()));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }
}
