package io.machineid.testkit.internal.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.internal.kubernetes.HttpCredentials;
import io.machineid.testkit.internal.kubernetes.HttpKubernetes;
import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A proxy in front of a Kubernetes API by URL: a second proxy plays the API, over TLS with client
 * certificates.
 */
@Timeout(120)
class HttpBackendTest {

  private static final String PODS = "/api/v1/namespaces/default/pods";

  private final ProxyFixture api = new ProxyFixture();
  private final HttpKubernetes kubernetes =
      new HttpKubernetes(URI.create("https://localhost:" + api.port()), credentials(api));
  private final ProxyFixture proxy = new ProxyFixture(kubernetes);

  @AfterEach
  void stop() {
    proxy.close();
    kubernetes.close();
    api.close();
  }

  private static HttpCredentials credentials(ProxyFixture api) {
    Certs.Holder agent = api.bot("bot-agent", "agent");
    return HttpCredentials.certificate(
        Pems.of(api.certs.authority), Pems.of(agent.chain().get(0)), Pems.of(agent.key()));
  }

  @Test
  void list_passesThroughBoth_asTheUserInFront() throws Exception {
    api.backend.behaviour = exchange -> StubBackend.respond(exchange, 200, "{\"items\":[]}");

    HttpResponse<String> answer = get(PODS, HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"items\":[]}");
    assertThat(api.backend.last().headers().allValues("impersonate-user"))
        .containsExactly("bot-ok");
  }

  @Test
  void watch_streamsThroughBoth() throws Exception {
    AtomicReference<KubernetesExchange.Channel> events = new AtomicReference<>();
    api.backend.behaviour = exchange -> events.set(exchange.stream(200, StubBackend.JSON));
    String event =
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"namespace\":\"default\"}}}";

    HttpResponse<Stream<String>> answer =
        get(PODS + "?watch=1", HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> lines = answer.body()) {
      Iterator<String> received = lines.iterator();
      events.get().write((event + "\n").getBytes(StandardCharsets.UTF_8));
      assertThat(received.next()).isEqualTo(event);
      events.get().close();
      assertThat(received.hasNext()).isFalse();
    }
  }

  @Test
  void upgrade_passesThroughBoth() throws Exception {
    api.backend.behaviour =
        exchange -> {
          KubernetesExchange.Channel channel =
              exchange.upgrade(HttpHeaders.of(Map.of(), (n, v) -> true));
          channel.onData(channel::write);
        };
    try (Socket socket =
        proxy
            .certs
            .context(Optional.of(proxy.bot("bot-ok", "ok")))
            .getSocketFactory()
            .createSocket("localhost", proxy.port())) {
      String request =
          "POST "
              + PODS
              + "/p/exec HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
              + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) socket.getInputStream().read());
      }
      assertThat(head).startsWith("HTTP/1.1 101 ");

      socket.getOutputStream().write(new byte[] {1, 2, 3});

      assertThat(socket.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void untrustedApi_isAnswered504() throws Exception {
    HttpKubernetes wrong =
        new HttpKubernetes(
            URI.create("https://localhost:" + api.port()),
            HttpCredentials.anonymous(Pems.of(new Certs().authority)));
    try (wrong;
        ProxyFixture front = new ProxyFixture(wrong)) {
      HttpResponse<String> answer =
          front
              .client(HttpClient.Version.HTTP_2, Optional.of(front.bot("bot-ok", "ok")))
              .send(front.request(PODS).build(), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(api.backend.exchanges).isEmpty();
    }
  }

  private <T> HttpResponse<T> get(String path, HttpResponse.BodyHandler<T> handler)
      throws Exception {
    return proxy
        .client(HttpClient.Version.HTTP_2, Optional.of(proxy.bot("bot-ok", "ok")))
        .send(proxy.request(path).build(), handler);
  }
}
