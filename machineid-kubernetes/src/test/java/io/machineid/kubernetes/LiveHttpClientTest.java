package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the JDK's client does beyond the contract of all clients. */
class LiveHttpClientTest {

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
  private final HttpClient client = access.httpClient();

  @AfterEach
  void close() {
    access.close();
    kube.close();
  }

  @Test
  void httpClient_askedTwice_isTheSame() {
    assertThat(access.httpClient()).isSameAs(client);
  }

  @Test
  void sendAsync_timeoutOfTheUser_isKept() {
    kube.hold();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(
            () ->
                client
                    .sendAsync(
                        pods("").timeout(Duration.ofMillis(200)).build(),
                        HttpResponse.BodyHandlers.discarding())
                    .get(30, TimeUnit.SECONDS))
        .withCauseInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void request_withoutTimeout_getsOneUnlessItIsEndless() throws Exception {
    assertThat(timeoutOf("")).hasValue(Duration.ofSeconds(60));
    assertThat(timeoutOf("?limit=5&watch=false")).hasValue(Duration.ofSeconds(60));
    assertThat(timeoutOf("?fieldSelector=watch%3Dtrue")).hasValue(Duration.ofSeconds(60));
    assertThat(timeoutOf("?resourceVersion=1&watch=1")).isEmpty();
    assertThat(timeoutOf("?follow=true")).isEmpty();
  }

  @Test
  void request_inFlightOverARotation_ends() throws Exception {
    kube.hold();
    var answer = client.sendAsync(pods("").build(), HttpResponse.BodyHandlers.ofString());
    kube.awaitHeld();

    credential.rotate(credential("bot-b"));
    kube.release();

    assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void webSocket_builderOfBeforeTheRotation_opensWithTheNewCertificate() {
    WebSocket.Builder builder = client.newWebSocketBuilder().subprotocols("v4.channel.k8s.io");
    credential.rotate(credential("bot-b"));

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> builder.buildAsync(webSocket(), new WebSocket.Listener() {}).get())
        .withCauseInstanceOf(WebSocketHandshakeException.class);
    assertThat(kube.seen)
        .singleElement()
        .satisfies(seen -> assertThat(seen.client()).isEqualTo("CN=bot-b"))
        .satisfies(seen -> assertThat(seen.sni()).isEqualTo(TestKube.NAME));
  }

  @Test
  void expired_eachWayToAsk_isATypedError() {
    time.moveTo(credential.current().notAfter());

    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> client.send(pods("").build(), HttpResponse.BodyHandlers.ofString()))
        .withMessageContaining("\"example\"");
    assertThat(client.sendAsync(pods("").build(), HttpResponse.BodyHandlers.ofString()))
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(CredentialException.class);
    assertThat(client.newWebSocketBuilder().buildAsync(webSocket(), new WebSocket.Listener() {}))
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(CredentialException.class);
    assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_2);
  }

  @Test
  void closed_anyUse_isATypedError() {
    access.close();

    assertThatExceptionOfType(ClosedException.class)
        .isThrownBy(() -> client.send(pods("").build(), HttpResponse.BodyHandlers.ofString()));
    assertThatExceptionOfType(ClosedException.class).isThrownBy(access::httpClient);
  }

  @Test
  void close_whereAClientThrowsAnError_endsTheRest() {
    AutoCloseable bad =
        () -> {
          throw new AssertionError("a client's own");
        };
    access.own(bad);

    access.close();

    assertThatExceptionOfType(ClosedException.class).isThrownBy(credential::current);
  }

  private HttpRequest.Builder pods(String query) {
    return HttpRequest.newBuilder(
        access.endpoint().server().resolve("/api/v1/namespaces/default/pods" + query));
  }

  /** The time-out that the request was really sent with. */
  private java.util.Optional<Duration> timeoutOf(String query) throws Exception {
    HttpResponse<java.io.InputStream> answer =
        client.send(pods(query).build(), HttpResponse.BodyHandlers.ofInputStream());
    kube.endWatches();
    answer.body().close();
    return answer.request().timeout();
  }

  private URI webSocket() {
    return URI.create(
        access.endpoint().server().toString().replace("https", "wss") + "/api/v1/pods");
  }

  private Credential credential(String bot) {
    return userAuthority.client(bot, Instant.now().plusSeconds(600)).credential(hostAuthority);
  }
}
