package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.machineid.Credential;
import io.machineid.KubernetesCluster;
import io.machineid.kubernetes.internal.LiveHttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A machine that gives no thread for a while: the JDK throws an error where a request is sent. */
class NoThreadsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestPki.Identity hostAuthority = TestPki.authority("example.test");
  private final TestPki.Identity userAuthority = TestPki.authority("example.test");
  private final TestKube kube =
      new TestKube(hostAuthority.server(TestKube.NAME), userAuthority.certificate());
  private final ManualTime time = ManualTime.now();
  private final StubCredential credential = new StubCredential(credential("bot-a"));
  private final KubernetesAccess access =
      new KubernetesAccess(
          "example.test",
          new KubernetesCluster("example", Map.of()),
          kube.endpoint(),
          credential,
          time.forAccess());
  private final LiveHttpClient client =
      new LiveHttpClient(access.generations(), builder -> builder.executor(this::execute));
  private final ExecutorService jdk =
      Executors.newCachedThreadPool(task -> new Thread(task, "jdk"));
  private volatile boolean none;

  /** Fails where a request is sent, and not where the JDK goes on with one that was sent. */
  private void execute(Runnable task) {
    String name = Thread.currentThread().getName();
    if (none && !name.startsWith("jdk") && !name.startsWith("HttpClient-")) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    jdk.execute(task);
  }

  @AfterEach
  void close() {
    kube.release();
    client.close();
    access.close();
    kube.close();
    jdk.shutdownNow();
  }

  private CompletableFuture<HttpResponse<String>> send() {
    return client.sendAsync(
        HttpRequest.newBuilder(access.endpoint().server().resolve("/api/v1/pods")).build(),
        BodyHandlers.ofString());
  }

  @Test
  void request_thatCannotBeSent_leavesNothingOpen() throws Exception {
    none = true;
    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(this::send);
    none = false;
    assertThat(send().get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

    credential.rotate(credential("bot-b"));

    await().atMost(SOON).untilAsserted(() -> assertThat(time.streamsCut()).containsExactly(0));
  }

  @Test
  void request_thatWaitedAndThenCannotBeSent_fails() throws Exception {
    kube.hold();
    CompletableFuture<HttpResponse<String>> first = send();
    kube.awaitHeld();
    none = true;

    CompletableFuture<HttpResponse<String>> second = send();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> second.get(60, TimeUnit.SECONDS))
        .withCauseInstanceOf(OutOfMemoryError.class);
    none = false;
    kube.release();
    assertThat(first.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    credential.rotate(credential("bot-b"));
    await().atMost(SOON).untilAsserted(() -> assertThat(time.streamsCut()).containsExactly(0));
  }

  private Credential credential(String bot) {
    return userAuthority.client(bot, Instant.now().plusSeconds(600)).credential(hostAuthority);
  }
}
