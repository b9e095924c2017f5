package io.machineid.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.machineid.Bot;
import io.machineid.cli.Main;
import io.machineid.join.JoinMethod;
import io.machineid.kubernetes.Fabric8;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.kubernetes.OfficialClient;
import io.machineid.testkit.TestCluster;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Takes the guide's steps one after the other and says what it does. */
final class Walkthrough {

  private Walkthrough() {}

  static void run() throws Exception {
    Path directory = Files.createTempDirectory("machineid-quickstart");
    try (TestCluster teleport = Guide.start()) {
      stepOne(teleport);
      stepTwo(teleport, directory);
      stepThree(directory);
      inProcess(teleport);
    } finally {
      remove(directory);
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private static void stepOne(TestCluster teleport) {
    say("Step 1: a role that reaches the Kubernetes cluster, and a bot that may use it");
    say(
        "  fake Teleport cluster %s on %s"
            .formatted(teleport.clusterName(), teleport.proxyAddress()));
    say(Guide.role().indent(4).stripTrailing());
    teleport.createRole(Guide.role()).forEach(warning -> say("  note: " + warning));
    teleport.addBot(Guide.BOT);
    teleport.updateBot(Guide.BOT).addRoles(Guide.ROLE);
    say("  bot %s may use %s".formatted(Guide.BOT, Guide.ROLE));
  }

  private static void stepTwo(TestCluster teleport, Path directory) throws Exception {
    say("");
    say("Step 2: an output in tbot.yaml, and one run of machineid");
    Guide.write(teleport, teleport.newToken(Guide.BOT), directory);
    say("  $ machineid start -c tbot.yaml --oneshot");
    execute(
        directory,
        Stream.concat(
            Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
            Stream.of(
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "start",
                "-c",
                directory.resolve("tbot.yaml").toString(),
                "--oneshot")));
    try (Stream<Path> files = Files.list(directory.resolve("machine-id"))) {
      say("  files: " + files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  private static void stepThree(Path directory) throws Exception {
    say("");
    say("Step 3: kubectl with the kubeconfig");
    Path kubeconfig = directory.resolve("machine-id").resolve("kubeconfig.yaml");
    say("  $ kubectl --kubeconfig kubeconfig.yaml get pods -A");
    if (onPath("kubectl")) {
      execute(
          directory,
          Stream.of("kubectl", "--kubeconfig", kubeconfig.toString(), "get", "pods", "-A"));
    } else {
      say("  (no kubectl on the path: run it yourself against `quickstart --serve --dir DIR`)");
    }
  }

  private static void inProcess(TestCluster teleport) throws Exception {
    say("");
    say("And without files, kubectl or a second process: the library in this JVM");
    try (Bot bot =
            Bot.builder()
                .proxy(teleport.proxyAddress())
                .webRoots(List.of(teleport.webAuthority()))
                .join(JoinMethod.token(teleport.addBot("service", Guide.ROLE).token()))
                .start(Duration.ofSeconds(30));
        KubernetesAccess access = KubernetesAccess.to(bot, Guide.KUBERNETES_CLUSTER);
        KubernetesClient fabric8 = Fabric8.client(access)) {
      say("  " + bot.identity());
      say("  kubeconfig in memory: %d characters".formatted(access.kubeconfig().toYaml().length()));
      say("  fabric8:  " + fabric8Pods(fabric8));
      say("  official: " + officialPods(OfficialClient.client(access)));
      say("  JDK:      " + jdkPods(access));
    }
  }

  private static List<String> fabric8Pods(KubernetesClient client) {
    return client.pods().inAnyNamespace().list().getItems().stream()
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }

  private static List<String> officialPods(ApiClient client) throws Exception {
    return new CoreV1Api(client)
        .listPodForAllNamespaces().execute().getItems().stream()
            .map(pod -> pod.getMetadata().getName())
            .toList();
  }

  private static List<String> jdkPods(KubernetesAccess access)
      throws IOException, InterruptedException {
    HttpClient client = access.httpClient();
    HttpRequest request =
        HttpRequest.newBuilder(access.endpoint().server().resolve("/api/v1/pods")).build();
    String body = client.send(request, BodyHandlers.ofString()).body();
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(body)
        .path("items")
        .forEach(pod -> names.add(pod.path("metadata").path("name").asText()));
    return names;
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(entry -> Files.isExecutable(Path.of(entry, program)));
  }

  /** Runs a program that trusts the fake cluster, and shows what it says. */
  private static void execute(Path directory, Stream<String> command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(command.toList())).redirectErrorStream(true);
    builder.environment().put("SSL_CERT_FILE", directory.resolve("web-ca.crt").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    process.inputReader().lines().forEach(line -> say("    " + line));
    int status = process.waitFor();
    if (status != 0) {
      throw new IllegalStateException(
          "%s ended with status %d".formatted(builder.command().get(0), status));
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
