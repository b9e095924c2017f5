package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real kubectl; skipped where there is none on the path. */
class KubectlTest {

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: default}
      spec: {containers: [{name: c, image: nginx}]}
      status:
        phase: Running
        conditions: [{type: Ready, status: 'True'}]
        containerStatuses: [{name: c, ready: true, restartCount: 0}]
      """;

  @TempDir private Path home;
  private Api api;

  @BeforeEach
  void open() throws IOException {
    Assumptions.assumeTrue(onPath(), "no kubectl on the PATH");
    api = new Api(RbacMode.OFF);
    api.kubernetes.fixture().add(POD);
  }

  @AfterEach
  void close() {
    if (api != null) {
      api.close();
    }
  }

  private static boolean onPath() {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(directory, "kubectl"))) {
        return true;
      }
    }
    return false;
  }

  private ProcessBuilder kubectl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl", "-s", api.front.uri().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().put("HOME", home.toString());
    process.environment().remove("KUBECONFIG");
    return process;
  }

  /** Runs kubectl and returns what it says. */
  private String run(int code, String... arguments) {
    try {
      Path output = Files.createTempFile(home, "out", ".txt");
      Process process = kubectl(arguments).redirectOutput(output.toFile()).start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("kubectl ends").isTrue();
      String said = Files.readString(output);
      assertThat(process.exitValue()).as(said).isEqualTo(code);
      return said;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private String run(String... arguments) {
    return run(0, arguments);
  }

  @Test
  void get_pods_listsAllNamespaces() {
    assertThat(run("get", "pods", "-A"))
        .containsPattern("NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE")
        .containsPattern("default +web +1/1 +Running +0");
    assertThat(run("get", "pod", "web", "-o", "yaml")).contains("kind: Pod", "phase: Running");
    assertThat(run("describe", "pod", "web")).contains("Name:", "web", "nginx");
    assertThat(run("wait", "--for=condition=Ready", "pod/web", "--timeout=5s"))
        .contains("condition met");
    assertThat(run(1, "get", "pod", "nope")).contains("pods \"nope\" not found");
  }

  @Test
  void logs_container_isPrinted() {
    api.kubernetes.fixture().appendLog("default", "web", "c", "hello\n");

    assertThat(run("logs", "web")).isEqualTo("hello\n");
  }

  @Test
  void configMap_createdAndDeleted() {
    assertThat(run("create", "configmap", "one", "--from-literal=a=b")).contains("created");
    assertThat(run("get", "configmap", "one", "-o", "jsonpath={.data.a}")).isEqualTo("b");
    assertThat(run(1, "create", "configmap", "one")).contains("already exists");
    assertThat(run("delete", "configmap", "one")).contains("deleted");
    assertThat(run("get", "configmap")).contains("No resources found");
  }

  @Test
  void apply_twice_changesOnlyWhatIsNew() throws IOException {
    Path file = home.resolve("d.yaml");
    String manifest =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d}
        spec:
          selector: {matchLabels: {app: d}}
          template:
            metadata: {labels: {app: d}}
            spec: {containers: [{name: a, image: one}, {name: b, image: two}]}
        """;
    Files.writeString(file, manifest);

    assertThat(run("apply", "-f", file.toString())).contains("created");
    assertThat(run("apply", "-f", file.toString())).contains("unchanged");
    Files.writeString(file, manifest.replace(", {name: b, image: two}", ""));
    assertThat(run("apply", "-f", file.toString())).contains("configured");
    assertThat(run("get", "deploy", "d", "-o", "jsonpath={.spec.template.spec.containers[*].name}"))
        .isEqualTo("a");
    assertThat(run("scale", "deploy", "d", "--replicas=3")).contains("scaled");
    assertThat(run("get", "deploy")).containsPattern("d +0/3");
  }

  @Test
  void get_watch_showsChanges() throws IOException {
    Path output = home.resolve("watch.txt");
    Process watch = kubectl("get", "configmap", "-w").redirectOutput(output.toFile()).start();
    try {
      await().until(() -> watching("configmaps"));
      run("create", "configmap", "seen");

      await().until(() -> Files.readString(output).contains("seen"));
    } finally {
      watch.destroy();
    }
  }

  private boolean watching(String plural) {
    return api.kubernetes.fixture().requests().stream()
        .anyMatch(r -> r.path().contains(plural) && r.path().contains("watch="));
  }

  @Test
  void discovery_isUnderstood() {
    assertThat(run("api-resources")).contains("deployments", "customresourcedefinitions");
    assertThat(run("auth", "can-i", "get", "pods")).contains("yes");
    assertThat(run("create", "namespace", "n")).contains("created");
    assertThat(run("get", "all", "-A")).contains("pod/web", "service/kubernetes");
    assertThat(run("delete", "namespace", "n")).contains("deleted");
  }
}
