package io.machineid.docs;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.kubernetes.client.openapi.ApiClient;
import io.machineid.Bot;
import io.machineid.BotEvent;
import io.machineid.BotHealth;
import io.machineid.BotState;
import io.machineid.CredentialRequest;
import io.machineid.Diagnosis;
import io.machineid.KubernetesEndpoint;
import io.machineid.MachineIdException;
import io.machineid.config.BotConfig;
import io.machineid.destination.Destination;
import io.machineid.join.JoinMethod;
import io.machineid.join.TpmSource;
import io.machineid.kubernetes.ClusterSelector;
import io.machineid.kubernetes.Fabric8;
import io.machineid.kubernetes.FleetOutcome;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.kubernetes.KubernetesFleet;
import io.machineid.kubernetes.KubernetesOutput;
import io.machineid.kubernetes.KubernetesTunnel;
import io.machineid.kubernetes.OfficialClient;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The Java of the README and of {@code docs/}, so that it compiles: {@link DocsTest} compares them.
 * What stands between {@code // snippet} and {@code // end} is one block of a document.
 */
@SuppressWarnings("unused")
final class Snippets {

  private Snippets() {}

  static void overview() {
    // snippet
    try (Bot bot =
            Bot.builder()
                .proxy("teleport.example.com:443")
                .join(JoinMethod.token(System.getenv("TELEPORT_BOT_TOKEN")))
                .start(Duration.ofSeconds(30)); // joins, then renews in the background
        KubernetesAccess access = KubernetesAccess.to(bot, "example-k8s-cluster")) {

      KubernetesClient fabric8 = Fabric8.client(access); // live: one for the life of the process
      ApiClient official = OfficialClient.client(access);
      HttpClient http = access.httpClient();
      String kubeconfig = access.kubeconfig().toYaml(); // a snapshot, for kubectl, Helm, Argo CD
    }
    // end
  }

  static void gettingStarted() {
    // snippet
    try (Bot bot =
            Bot.builder()
                .proxy("teleport.example.com:443")
                .join(JoinMethod.tokenFile(Path.of("/etc/my-service/bot-token")))
                .storage(Destination.directory(Path.of("/var/lib/my-service/bot")))
                .start(Duration.ofSeconds(30));
        KubernetesAccess access = KubernetesAccess.to(bot, "example-k8s-cluster");
        KubernetesClient client = Fabric8.client(access)) {

      System.out.println(bot.identity());
      for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
        System.out.println(pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName());
      }
    }
    // end
  }

  static void diagnosis(Bot.Builder builder, Consumer<String> operator) {
    // snippet
    Diagnosis diagnosis = builder.diagnose();
    if (!diagnosis.isWell()) {
      operator.accept(diagnosis.toText());
    }
    // end
  }

  static JoinMethod softwareTpm() {
    // snippet
    JoinMethod method =
        JoinMethod.tpm("example-token")
            .source(TpmSource.socket(UnixDomainSocketAddress.of("/run/swtpm.sock")));
    // end
    return method;
  }

  static JoinMethod ownSource(Supplier<String> vault) {
    // snippet
    JoinMethod method =
        JoinMethod.gitlab("example-token").source(vault::get); // asked for each join
    // end
    return method;
  }

  static void tunnel(KubernetesAccess access) {
    // snippet
    try (KubernetesTunnel tunnel = KubernetesTunnel.open(access, 0)) {
      String yaml = tunnel.kubeconfig().toYaml(); // a snapshot, which holds secrets
    }
    // end
  }

  static void leafCluster(Bot bot) {
    // snippet
    KubernetesAccess access =
        KubernetesAccess.to(
            bot, CredentialRequest.kubernetes("leaf-k8s-cluster").routedTo("leaf.example"));
    // end
    access.close();
  }

  static void listener(Bot.Builder builder, Consumer<String> page) {
    // snippet
    builder.listener(
        event -> {
          if (event instanceof BotEvent.StateChanged changed) {
            page.accept(changed.from() + " -> " + changed.to());
          }
        });
    // end
  }

  static boolean health(Bot bot) {
    // snippet
    BotHealth health = bot.health();
    boolean works = health.state() == BotState.READY || health.state() == BotState.DEGRADED;
    // end
    return works;
  }

  static void informer(KubernetesClient client, ResourceEventHandler<Pod> handler) {
    // snippet
    client.pods().inNamespace("shop").inform(handler); // follows over all rotations
    // end
  }

  static HttpResponse<String> jdk(KubernetesAccess access) throws Exception {
    // snippet
    HttpRequest request =
        HttpRequest.newBuilder(access.endpoint().server().resolve("/api/v1/pods")).build();
    HttpResponse<String> answer = access.httpClient().send(request, BodyHandlers.ofString());
    // end
    return answer;
  }

  static void files(Bot bot, KubernetesAccess access, Executor executor) {
    // snippet
    Destination directory = Destination.directory(Path.of("/opt/machine-id"));
    directory.prepare();
    KubernetesOutput output = KubernetesOutput.of(bot, access);
    output.write(directory);
    access.credential().onRotation(next -> executor.execute(() -> output.write(directory)));
    // end
  }

  static void fleet(Bot bot, Consumer<String> log) throws InterruptedException {
    // snippet
    try (KubernetesFleet fleet =
        KubernetesFleet.builder(bot)
            .select(ClusterSelector.labels(Map.of("env", "prod")))
            .select(ClusterSelector.name("tools").withDefaultNamespace("ci"))
            .contextNameTemplate("{{.KubeName}}")
            .listener(event -> log.accept(event.toString()))
            .open(Duration.ofMinutes(2))) {

      List<FleetOutcome<Integer>> outcomes =
          fleet
              .work(cluster -> podsOf(cluster.access().httpClient(), cluster.access().endpoint()))
              .concurrency(32)
              .timeout(Duration.ofMinutes(1))
              .onProgress(step -> log.accept(step.done() + " of " + step.total()))
              .run();
      for (FleetOutcome<Integer> outcome : outcomes) {
        String name = outcome.cluster().cluster().name();
        log.accept(name + ": " + outcome.error().map(Throwable::toString).orElse("done"));
      }
      String kubeconfig = fleet.kubeconfig().toYaml(); // one context for each cluster; a snapshot
    }
    // end
  }

  private static int podsOf(HttpClient client, KubernetesEndpoint endpoint) throws Exception {
    URI pods = URI.create(endpoint.server() + "/api/v1/pods");
    return client.send(HttpRequest.newBuilder(pods).build(), BodyHandlers.ofString()).statusCode();
  }

  static void configuration(Path file) {
    // snippet
    BotConfig config = BotConfig.load(file); // or BotConfig.parse(text, "what to call it")
    config.outputs().forEach(System.out::println);
    // end
  }

  static Bot errors(
      Bot.Builder builder, Consumer<String> operator, Consumer<String> administrator) {
    // snippet
    try {
      return builder.start(Duration.ofSeconds(30));
    } catch (MachineIdException e) {
      switch (e.reason()) {
        case JOIN_DENIED, EXPIRED, SUPERSEDED -> operator.accept("new token: " + e.getMessage());
        case FORBIDDEN, LOCKED, NOT_FOUND -> administrator.accept(e.getMessage());
        default -> operator.accept((e.retryable() ? "later: " : "repair: ") + e.getMessage());
      }
      throw e;
    }
    // end
  }
}
