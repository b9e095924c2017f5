package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Watches through the proxy of a fake cluster: many at once, and over the end of a certificate. */
class ManyStreamsTest {

  private static final String KUBE = "example-k8s-cluster";

  /** More than the proxy allows on one connection. */
  private static final int MANY = 300;

  private final TestClock clock = TestClock.running();
  private final ManualTime time = new ManualTime(clock);
  private TestCluster teleport;
  private Bot bot;
  private KubernetesAccess access;

  @BeforeEach
  void start() {
    teleport = TestCluster.builder().clock(clock).kubernetesCluster(KUBE, Map.of()).start();
    teleport.createFullAccessRole("example-role");
    addPod("pod-1");
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .clock(clock)
            .scheduler(time)
            .start(Duration.ofSeconds(30));
    access = KubernetesAccess.to(bot, KUBE);
  }

  @AfterEach
  void stop() {
    access.close();
    bot.close();
    teleport.close();
  }

  @Test
  void jdk_with300Watches_opensThemAll() throws Exception {
    HttpClient client = access.httpClient();
    HttpRequest watch = HttpRequest.newBuilder(pods("?watch=true")).build();
    List<CompletableFuture<HttpResponse<Stream<String>>>> answers = new ArrayList<>();

    for (int i = 0; i < MANY; i++) {
      answers.add(client.sendAsync(watch, HttpResponse.BodyHandlers.ofLines()));
    }

    for (CompletableFuture<HttpResponse<Stream<String>>> answer : answers) {
      assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    HttpResponse<String> list =
        client.send(HttpRequest.newBuilder(pods("")).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(list.body()).contains("pod-1");
    answers.forEach(answer -> answer.join().body().close());
    assertThat(connections()).as("one for each hundred").isLessThanOrEqualTo(4);
  }

  /** Those that JDK 17 opens in vain, it never closes. */
  @Test
  void jdk_withRequestsAtTheSameTime_opensOneConnectionForEachCertificate() {
    HttpClient client = access.httpClient();
    long before = connections();

    askAtTheSameTime(client);
    askAtTheSameTime(client);
    assertThat(connections()).isEqualTo(before + 1);

    long generation = access.credential().current().generation();
    time.advance(Duration.ofMinutes(25));
    await().until(() -> access.credential().current().generation() > generation);
    askAtTheSameTime(client);
    assertThat(connections()).isEqualTo(before + 2);
  }

  private void askAtTheSameTime(HttpClient client) {
    HttpRequest list = HttpRequest.newBuilder(pods("")).build();
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.generate(() -> client.sendAsync(list, HttpResponse.BodyHandlers.ofString()))
            .limit(8)
            .toList();
    answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
  }

  private long connections() {
    return teleport.connections().stream()
        .filter(connection -> connection.service().equals("KUBERNETES"))
        .count();
  }

  @Test
  void fabric8_with300Watches_hearsOfEachPodInAll() {
    Set<Integer> heard = ConcurrentHashMap.newKeySet();
    KubernetesClient client = Fabric8.client(access);
    List<Watch> watches = new ArrayList<>();

    for (int i = 0; i < MANY; i++) {
      int number = i;
      watches.add(
          client
              .pods()
              .inNamespace("default")
              .watch(new Names(name -> name.equals("late"), () -> heard.add(number))));
    }
    addPod("late");

    await().until(() -> heard.size() == MANY);
    watches.forEach(Watch::close);
  }

  @ParameterizedTest
  @EnumSource
  void followers_overTheEndOfTheirCertificate_missNothing(Subject.Kind kind) throws Exception {
    Set<String> pods = ConcurrentHashMap.newKeySet();
    try (AutoCloseable following = kind.on(access).follow(pods::add)) {
      await().until(() -> pods.contains("pod-1"));

      time.advance(Duration.ofMinutes(25));
      await().until(() -> access.credential().current().generation() > 1);
      for (int i = 0; i < 9; i++) {
        addPod("pod-a" + i);
        time.advance(Duration.ofMinutes(4));
        addPod("pod-b" + i);
      }

      for (int i = 0; i < 9; i++) {
        String number = String.valueOf(i);
        await().untilAsserted(() -> assertThat(pods).contains("pod-a" + number, "pod-b" + number));
      }
    }
  }

  @Test
  void watch_ofFabric8_goesOnAfterACut() {
    Set<String> pods = ConcurrentHashMap.newKeySet();
    KubernetesClient client = Fabric8.client(access);
    try (Watch watch = client.pods().inNamespace("default").watch(new Names(pods::add, () -> {}))) {
      await().until(() -> pods.contains("pod-1"));

      time.advance(Duration.ofMinutes(25));
      await().until(() -> access.credential().current().generation() > 1);
      time.advance(Duration.ofMinutes(34));
      addPod("pod-2");

      await().until(() -> pods.contains("pod-2"));
    }
  }

  private URI pods(String query) {
    return access.endpoint().server().resolve("/api/v1/namespaces/default/pods" + query);
  }

  private void addPod(String name) {
    teleport
        .kubernetes(KUBE)
        .add(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: default}
            spec:
              containers: [{name: main, image: example}]
            """
                .formatted(name));
  }

  /** Hears names of pods. */
  private record Names(java.util.function.Predicate<String> wanted, Runnable heard)
      implements Watcher<Pod> {
    @Override
    public void eventReceived(Action action, Pod pod) {
      if (wanted.test(pod.getMetadata().getName())) {
        heard.run();
      }
    }

    @Override
    public void onClose(WatcherException cause) {}
  }
}
