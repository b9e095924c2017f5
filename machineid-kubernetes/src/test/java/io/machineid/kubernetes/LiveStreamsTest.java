package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecListener;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.kubernetes.client.Exec;
import io.machineid.Credential;
import io.machineid.KubernetesCluster;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that cannot be resumed: what their users are told when the certificate ends. */
class LiveStreamsTest {

  private final TestPki.Identity hostAuthority = TestPki.authority("example.test");
  private final TestPki.Identity userAuthority = TestPki.authority("example.test");
  private final TestExec server =
      new TestExec(hostAuthority.server(TestKube.NAME), userAuthority.certificate());
  private final ManualTime time = ManualTime.now();
  private final StubCredential credential = new StubCredential(credential("bot-a", 600));
  private final KubernetesAccess access =
      new KubernetesAccess(
          "example.test",
          new KubernetesCluster("example", Map.of()),
          server.endpoint(),
          credential,
          time.forAccess());

  @AfterEach
  void close() throws Exception {
    access.close();
    server.close();
  }

  /** Opens a session; what is returned completes with the error that ends it. */
  private CompletableFuture<Throwable> openStream() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    var unused = openStream(failure);
    return failure;
  }

  private WebSocket openStream(CompletableFuture<Throwable> failure) throws Exception {
    return openStream(failure::complete);
  }

  private WebSocket openStream(Consumer<Throwable> failed) throws Exception {
    return access
        .httpClient()
        .newWebSocketBuilder()
        .subprotocols("v4.channel.k8s.io")
        .buildAsync(
            URI.create(server.endpoint().server().toString().replace("https", "wss") + "/exec"),
            new WebSocket.Listener() {
              @Override
              public void onError(WebSocket socket, Throwable error) {
                failed.accept(error);
              }
            })
        .get(30, TimeUnit.SECONDS);
  }

  @Test
  void webSocket_ofAnOldCertificate_endsWithAnError() throws Exception {
    CompletableFuture<Throwable> failure = openStream();
    await().untilAsserted(() -> assertThat(server.open).containsValue("CN=bot-a"));

    endTheCertificate();

    assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("Open it again");
    await().until(server.open::isEmpty);
  }

  @Test
  void webSocket_thatItsUserAborted_isOver_andItsListenerHearsNoMore() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    WebSocket session = openStream(failure);

    session.abort();
    await().until(server.open::isEmpty);
    credential.rotate(credential("bot-b", 1200));

    assertThat(time.streamsCut()).as("streams cut: the old connections are let go").contains(0);
    time.moveTo(Instant.now().plusSeconds(660));
    assertThat(time.streamsCut()).containsExactly(0);
    assertThat(failure).isNotDone();
  }

  @Test
  void exec_ofFabric8OnTheJdk_endsWithAnError() throws Exception {
    exec(Fabric8.client(access));
  }

  @Test
  void exec_ofFabric8OnOkHttp_endsWithAnError() throws Exception {
    exec(Fabric8.clientOnOkHttp(access));
  }

  private void exec(KubernetesClient client) throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    try (ExecWatch session =
        client
            .pods()
            .inNamespace("default")
            .withName("pod-1")
            .redirectingOutput()
            .usingListener(
                new ExecListener() {
                  @Override
                  public void onFailure(Throwable error, Response response) {
                    failure.complete(error);
                  }

                  @Override
                  public void onClose(int code, String reason) {}
                })
            .exec("sleep")) {
      await().untilAsserted(() -> assertThat(server.open).containsValue("CN=bot-a"));

      endTheCertificate();

      assertThat(failure.get(30, TimeUnit.SECONDS)).isNotNull();
      await().until(server.open::isEmpty);
    }
  }

  @Test
  void exec_ofTheOfficialClient_ends() throws Exception {
    Process session =
        new Exec(OfficialClient.client(access))
            .newExecutionBuilder("default", "pod-1", new String[] {"sleep"})
            .execute();
    await().untilAsserted(() -> assertThat(server.open).containsValue("CN=bot-a"));

    endTheCertificate();

    assertThat(session.waitFor(30, TimeUnit.SECONDS)).isTrue();
    await().until(server.open::isEmpty);
  }

  @Test
  void stream_ofABotThatIsClosed_isCutAtOnce() throws Exception {
    CompletableFuture<Throwable> failure = openStream();

    credential.close();

    assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("closed");
    await().until(server.open::isEmpty);
    assertThat(time.pending()).isZero();
  }

  @Test
  void close_whereAListenerBlocks_cutsTheOthersAndReturns() throws Exception {
    CountDownLatch told = new CountDownLatch(2);
    CountDownLatch free = new CountDownLatch(1);
    for (int i = 0; i < 2; i++) {
      WebSocket unused =
          openStream(
              error -> {
                told.countDown();
                waitFor(free);
              });
    }

    Thread closing = new Thread(access::close);
    closing.start();

    try {
      assertThat(told.await(60, TimeUnit.SECONDS)).as("both were told").isTrue();
      closing.join(60_000);
      assertThat(closing.isAlive()).isFalse();
    } finally {
      free.countDown();
    }
    await().atMost(Duration.ofSeconds(60)).until(server.open::isEmpty);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void calls_afterAClockThatWasTooFarAhead_beginAgain() throws Exception {
    CompletableFuture<Throwable> failure = openStream();
    Instant before = time.instant();
    time.moveTo(credential.current().notAfter().plus(Duration.ofMinutes(2)));
    failure.get(30, TimeUnit.SECONDS);
    await().until(server.open::isEmpty);

    time.setBack(before);

    openStream();
    await().untilAsserted(() -> assertThat(server.open).containsValue("CN=bot-a"));
  }

  @Test
  void stream_thatWasCutForItsCertificate_isCounted() throws Exception {
    CompletableFuture<Throwable> failure = openStream();

    endTheCertificate();
    failure.get(30, TimeUnit.SECONDS);

    await().untilAsserted(() -> assertThat(time.streamsCut()).containsExactly(1));
  }

  @Test
  void stream_withNoNewCertificateComing_isCutAtTheEnd() throws Exception {
    CompletableFuture<Throwable> failure = openStream();

    time.moveTo(credential.current().notAfter().minusSeconds(1));
    assertThat(failure).isNotDone();
    time.advance(Duration.ofSeconds(1));

    assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("certificate");
  }

  /** Rotates, and lets 90 percent of the rest of the old certificate's life pass. */
  private void endTheCertificate() {
    Instant end = credential.current().notAfter();
    Duration left = Duration.between(time.instant(), end);
    credential.rotate(credential("bot-b", 1200));
    time.advance(left.multipliedBy(90).dividedBy(100));
    assertThat(time.instant()).isBefore(end);
  }

  private Credential credential(String bot, long seconds) {
    return userAuthority.client(bot, Instant.now().plusSeconds(seconds)).credential(hostAuthority);
  }
}
