package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that have nothing open make room for others; those that have something do not. */
class IdleClientsTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PODS = "/api/v1/namespaces/default/pods";

  /** More than are kept. */
  private static final int OTHERS = 40;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private TestCluster teleport;
  private Bot bot;
  private KubernetesFleet fleet;
  private KubernetesAccess first;

  @BeforeEach
  void open() {
    teleport = TestCluster.start();
    teleport.createFullAccessRole("fleet");
    teleport.addKubernetesCluster("first", Map.of());
    addPod("steady");
    IntStream.range(0, OTHERS)
        .forEach(i -> teleport.addKubernetesCluster("other-" + i, Map.of("other", "yes")));
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token(teleport.addBot("example", "fleet").token()))
            .start(SOON);
    fleet = KubernetesFleet.builder(bot).select(ClusterSelector.all()).open(SOON);
    first = fleet.cluster("test.example-first").orElseThrow().access();
  }

  @AfterEach
  void close() {
    fleet.close();
    bot.close();
    teleport.close();
  }

  private void addPod(String name) {
    teleport
        .kubernetes("first")
        .add(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: default}
            spec:
              containers: [{name: main, image: example}]
            status: {phase: Running}
            """
                .formatted(name));
  }

  private void askTheOthers() throws InterruptedException {
    assertThat(
            fleet
                .work(FleetFixture::pods)
                .among(cluster -> cluster.cluster().labels().containsKey("other"))
                .run())
        .hasSize(OTHERS)
        .allMatch(FleetOutcome::succeeded);
  }

  private URI uri(String pathAndQuery) {
    return URI.create(first.endpoint().server() + pathAndQuery);
  }

  private long connections() {
    return teleport.connections().stream()
        .filter(connection -> connection.service().equals("KUBERNETES"))
        .count();
  }

  @Test
  void client_thatIsIdle_connectsAgainAfterManyOthers() throws Exception {
    FleetCluster cluster = fleet.cluster("test.example-first").orElseThrow();
    FleetFixture.pods(cluster);
    FleetFixture.pods(cluster);
    assertThat(connections()).isEqualTo(1);
    askTheOthers();

    assertThat(FleetFixture.pods(cluster)).isEqualTo(200);
    assertThat(connections()).isEqualTo(1 + OTHERS + 1);
  }

  @Test
  void session_thatIsOpen_isNotClosedForOthers() throws Exception {
    WebSocket socket =
        first
            .httpClient()
            .newWebSocketBuilder()
            .subprotocols("v4.channel.k8s.io")
            .buildAsync(
                URI.create(
                    uri(PODS + "/steady/exec?command=cat&stdin=true&stdout=true")
                        .toString()
                        .replaceFirst("https", "wss")),
                new Hearing())
            .get(60, TimeUnit.SECONDS);
    // The request for pods is over: what keeps the client is the session alone.
    FleetFixture.pods(fleet.cluster("test.example-first").orElseThrow());
    askTheOthers();

    socket
        .sendBinary(ByteBuffer.wrap("\0still here".getBytes(StandardCharsets.UTF_8)), true)
        .join();

    assertThat(heardWithin("still here")).isTrue();
    socket.abort();
  }

  @Test
  void watch_thatIsOpen_isNotClosedForOthers() throws Exception {
    var answer =
        first
            .httpClient()
            .send(
                HttpRequest.newBuilder(uri(PODS + "?watch=true")).build(),
                BodyHandlers.ofInputStream());
    try (BufferedReader events =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      assertThat(events.readLine()).contains("steady");
      askTheOthers();

      addPod("late");

      assertThat(events.readLine()).contains("late");
    }
  }

  private boolean heardWithin(String text) throws InterruptedException {
    for (String said = heard.poll(60, TimeUnit.SECONDS);
        said != null;
        said = heard.poll(60, TimeUnit.SECONDS)) {
      if (said.contains(text)) {
        return true;
      }
    }
    return false;
  }

  private final class Hearing implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      heard.add(StandardCharsets.UTF_8.decode(data).toString());
      socket.request(1);
      return null;
    }
  }
}
