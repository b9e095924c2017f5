package io.machineid.testkit.internal.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class KubeProxyTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PODS = "/api/v1/namespaces/default/pods";

  private final ProxyFixture fixture = new ProxyFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void request_reachesKubernetes_asTheBotWithItsGroups(Version version) throws Exception {
    HttpResponse<String> answer =
        send(
            version,
            "ok",
            fixture
                .request(PODS + "/a%20b?x=1&y=%2F")
                .header("Authorization", "Bearer of-the-client")
                .header("X-Mine", "yes")
                .header("X-Forwarded-For", "6.6.6.6"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(version);
    KubernetesExchange seen = fixture.backend.last();
    assertThat(seen.method()).isEqualTo("GET");
    assertThat(seen.path()).isEqualTo(PODS + "/a%20b");
    assertThat(seen.query()).isEqualTo("x=1&y=%2F");
    HttpHeaders headers = seen.headers();
    assertThat(headers.allValues("impersonate-user")).containsExactly("bot-ok");
    assertThat(headers.allValues("impersonate-group"))
        .containsExactly("editor", "system:authenticated");
    assertThat(headers.allValues("x-forwarded-for")).containsExactly("127.0.0.1");
    assertThat(headers.allValues("x-forwarded-proto")).containsExactly("https", "https");
    assertThat(headers.allValues("x-real-ip")).containsExactly("127.0.0.1");
    assertThat(headers.allValues("x-mine")).containsExactly("yes");
    assertThat(headers.map().keySet())
        .doesNotContain("authorization", "Authorization", "host", "Host");
  }

  @Test
  void request_isTold_toTheListener() throws Exception {
    send(Version.HTTP_2, "narrow", fixture.request("/api/v1/nodes?limit=5"));
    send(Version.HTTP_1_1, "narrow", fixture.request("/version"));

    assertThat(fixture.requests)
        .containsExactly(
            new RequestListener.Request(
                "GET",
                "/api/v1/nodes",
                "limit=5",
                "bot-narrow",
                ProxyFixture.CLUSTER,
                403,
                "HTTP/2"),
            new RequestListener.Request(
                "GET", "/version", "", "bot-narrow", ProxyFixture.CLUSTER, 200, "HTTP/1.1"));
  }

  @Test
  void answer_carriesSecurityHeadersTwice_andThoseOfKubernetes() throws Exception {
    HttpResponse<String> answer = send(Version.HTTP_1_1, "ok", fixture.request("/version"));

    assertThat(answer.headers().allValues("cache-control"))
        .containsExactly(
            "no-cache, no-store, must-revalidate",
            "no-cache, no-store, must-revalidate",
            "no-cache, private");
    assertThat(answer.headers().allValues("x-frame-options")).hasSize(2);
    assertThat(answer.headers().firstValue("date")).get().asString().endsWith(" GMT");
  }

  @Test
  void impersonateGroup_narrowsTheGroups() throws Exception {
    send(Version.HTTP_2, "ok", fixture.request(PODS).header("Impersonate-Group", "editor"));

    assertThat(fixture.backend.last().headers().allValues("impersonate-group"))
        .containsExactly("editor");
  }

  @ParameterizedTest
  @CsvSource({
    "users,Impersonate-User,bob,200",
    "users,Impersonate-User,carl,403",
    "users,X-None,x,403",
    "ok,Impersonate-User,bot-ok,200",
    "ok,Impersonate-User,'',200",
    "ok,Impersonate-Uid,7,403",
    "ok,Impersonate-Extra-Scopes,x,403",
    "missing,X-None,x,404",
  })
  void impersonation_isLimitedToTheRoles(String role, String header, String value, int status)
      throws Exception {
    HttpResponse<String> answer =
        send(Version.HTTP_2, role, fixture.request("/version").header(header, value));

    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 200 && role.equals("users")) {
      assertThat(fixture.backend.last().headers().allValues("impersonate-user"))
          .containsExactly(value);
      assertThat(fixture.backend.last().headers().allValues("impersonate-group"))
          .containsExactly("system:authenticated");
    }
  }

  @Test
  void table_losesRowsThatTheRolesHide_andAcceptAsksForJsonOnly() throws Exception {
    fixture.backend.behaviour =
        exchange ->
            stream(
                exchange,
                "{\"kind\":\"Table\",\"rows\":[{\"cells\":[1.50],\"object\":",
                pod("ok-1"),
                "},{\"object\":",
                pod("no"),
                "},{\"cells\":[\"unnamed\"]}]}");

    HttpResponse<String> answer =
        send(
            Version.HTTP_2,
            "narrow",
            fixture
                .request("/api/v1/pods")
                .header(
                    "Accept",
                    "application/vnd.kubernetes.protobuf,application/json;as=Table;v=v1;g=meta.k8s.io, application/json"));

    assertThat(answer.body())
        .isEqualTo(
            "{\"kind\":\"Table\",\"rows\":[{\"cells\":[1.50],\"object\":" + pod("ok-1") + "}]}\n");
    assertThat(fixture.backend.last().headers().allValues("accept"))
        .containsExactly("application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
  }

  @Test
  void list_withAllAllowed_isPassedAsItIs() throws Exception {
    fixture.backend.behaviour = exchange -> StubBackend.respond(exchange, 200, "not json");

    HttpResponse<String> answer =
        send(
            Version.HTTP_2,
            "ok",
            fixture.request(PODS).header("Accept", "application/vnd.kubernetes.protobuf"));

    assertThat(answer.body()).isEqualTo("not json");
    assertThat(fixture.backend.last().headers().allValues("accept"))
        .containsExactly("application/vnd.kubernetes.protobuf");
  }

  @Test
  void list_thatFails_isPassedAsItIs() throws Exception {
    fixture.backend.behaviour = exchange -> StubBackend.respond(exchange, 410, "{\"gone\":1}");

    HttpResponse<String> answer = send(Version.HTTP_2, "narrow", fixture.request(PODS));

    assertThat(answer.statusCode()).isEqualTo(410);
    assertThat(answer.body()).isEqualTo("{\"gone\":1}");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void watch_streamsAllowedEvents_mostOfThemTwice(Version version) throws Exception {
    AtomicReference<KubernetesExchange.Channel> events = new AtomicReference<>();
    AtomicBoolean closed = new AtomicBoolean();
    fixture.backend.behaviour =
        exchange -> {
          KubernetesExchange.Channel channel = exchange.stream(200, StubBackend.JSON);
          channel.onClose(() -> closed.set(true));
          events.set(channel);
        };
    HttpResponse<Stream<String>> answer =
        fixture
            .client(version, Optional.of(fixture.bot("bot-w", "watcher")))
            .send(fixture.request(PODS + "?watch=1").build(), HttpResponse.BodyHandlers.ofLines());

    try (Stream<String> lines = answer.body()) {
      Iterator<String> received = lines.iterator();
      write(events.get(), event("ADDED", "ok-1"), event("ADDED", "hidden"));
      assertThat(received.next()).isEqualTo(event("ADDED", "ok-1"));
      String half = event("MODIFIED", "ok-1");
      events.get().write(half.substring(0, 20).getBytes(StandardCharsets.UTF_8));
      events.get().write((half.substring(20) + "\n").getBytes(StandardCharsets.UTF_8));
      assertThat(received.next()).isEqualTo(half);
      assertThat(received.next()).isEqualTo(half);
      String bookmark = "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\"}}";
      write(events.get(), bookmark, event("DELETED", "ok-2"));
      assertThat(received.next()).isEqualTo(bookmark);
      assertThat(received.next()).isEqualTo(event("DELETED", "ok-2"));
      assertThat(received.next()).isEqualTo(event("DELETED", "ok-2"));
      events.get().close();
      assertThat(received.hasNext()).isFalse();
    }
    await().atMost(SOON).untilTrue(closed);
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void watch_endsAtKubernetes_whenTheClientGoes(Version version) throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    fixture.backend.behaviour =
        exchange -> {
          KubernetesExchange.Channel channel = exchange.stream(200, StubBackend.JSON);
          channel.onClose(() -> closed.set(true));
          write(channel, event("ADDED", "ok-1"));
        };
    HttpResponse<InputStream> answer =
        fixture
            .client(version, Optional.of(fixture.bot("bot-w", "watcher")))
            .send(
                fixture.request(PODS + "?watch=1").build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.body().read()).isEqualTo('{');
    assertThat(closed).isFalse();

    answer.body().close();

    await().atMost(SOON).untilTrue(closed);
  }

  @Test
  void watchEvents_comeOnce_whereChosen() throws Exception {
    KubeProxy.Options options =
        new KubeProxy.Options(false, Duration.ofSeconds(30), (request, arrived) -> {});
    try (ProxyFixture once = new ProxyFixture(options)) {
      once.backend.behaviour =
          exchange -> stream(exchange, event("ADDED", "a") + "\n" + event("ADDED", "b") + "\n");
      HttpResponse<String> answer =
          once.client(Version.HTTP_2, Optional.of(once.bot("bot", "ok")))
              .send(
                  once.request(PODS + "?watch=true").build(), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.body().lines()).containsExactly(event("ADDED", "a"), event("ADDED", "b"));
    }
  }

  @Test
  void webSocketWatch_ofKnownKind_isAnswered500WithTwoStatuses() throws Exception {
    try (Socket socket = upgradeSocket("ok", "GET", PODS + "?watch=true", "websocket")) {
      String answer = new String(socket.getInputStream().readNBytes(2000), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 500 ");
      assertThat(answer.split("can't switch protocols using non-Hijacker", -1)).hasSize(3);
      assertThat(answer.split("\"kind\":\"Status\"", -1)).hasSize(3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/apis/coordination.k8s.io/v1/leases?watch=true,websocket",
    "GET,/api/v1/namespaces/default/pods/p/exec?command=ls,websocket",
    "POST,/api/v1/namespaces/default/pods/p/exec?command=ls,SPDY/3.1",
  })
  void upgrade_becomesATwoWayChannel(String method, String path, String protocol) throws Exception {
    fixture.backend.behaviour =
        exchange -> {
          assertThat(exchange.upgradeRequested()).isTrue();
          assertThat(exchange.headers().firstValue("Upgrade")).contains(protocol);
          KubernetesExchange.Channel channel =
              exchange.upgrade(
                  HttpHeaders.of(
                      Map.of("X-Stream-Protocol-Version", List.of("v4.channel.k8s.io")),
                      (n, v) -> true));
          channel.write("hello".getBytes(StandardCharsets.UTF_8));
          channel.onData(
              bytes -> {
                channel.write(bytes);
                channel.close();
              });
        };

    try (Socket socket = upgradeSocket("ok", method, path, protocol)) {
      String head = head(socket.getInputStream());
      assertThat(head)
          .startsWith("HTTP/1.1 101 ")
          .contains("Connection: Upgrade", "Upgrade: " + protocol);
      assertThat(head.contains("X-Frame-Options")).isEqualTo(protocol.startsWith("SPDY"));
      assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
      socket.getOutputStream().write(new byte[] {0, 1, 2, (byte) 0xff});
      assertThat(socket.getInputStream().readAllBytes()).containsExactly(0, 1, 2, 0xff);
    }
  }

  @Test
  void exec_withoutTheVerb_isForbidden() throws Exception {
    try (Socket socket = upgradeSocket("narrow", "POST", PODS + "/ok-1/exec", "SPDY/3.1")) {
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 403 ");
    }
  }

  @Test
  void deleteCollection_deletesAllowedObjectsOneByOne() throws Exception {
    List<String> seen = new ArrayList<>();
    fixture.backend.behaviour =
        exchange -> {
          seen.add(exchange.method() + " " + exchange.path() + " " + exchange.query());
          StubBackend.respond(
              exchange,
              200,
              "{\"kind\":\"PodList\",\"items\":["
                  + pod("ok-1")
                  + ","
                  + pod("no")
                  + ","
                  + pod("ok-2")
                  + "]}");
        };

    HttpResponse<String> answer =
        send(
            Version.HTTP_2,
            "watcher",
            fixture.request(PODS + "?labelSelector=a&propagationPolicy=Background").DELETE());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("ok-1", "ok-2").doesNotContain("\"no\"");
    assertThat(seen)
        .containsExactly(
            "GET " + PODS + " labelSelector=a",
            "DELETE " + PODS + "/ok-1 propagationPolicy=Background",
            "DELETE " + PODS + "/ok-2 propagationPolicy=Background");
  }

  @ParameterizedTest
  @CsvSource({
    "list,pods,default,'','',true",
    "get,pods,default,ok-1,'',true",
    "get,pods,default,no,'',false",
    "list,secrets,default,'','',false",
    "create,pods,default,ok-1,exec,false",
    "list,widgets,default,'','',true",
  })
  void accessReview_isDeniedByTheRoles_orAskedOfKubernetes(
      String verb,
      String resource,
      String namespace,
      String name,
      String subresource,
      boolean asked)
      throws Exception {
    String review =
        """
        {"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":
        {"verb":"%s","resource":"%s","namespace":"%s","name":"%s","subresource":"%s"}}}"""
            .formatted(verb, resource, namespace, name, subresource);
    fixture.backend.behaviour = exchange -> StubBackend.respond(exchange, 201, "asked");

    HttpResponse<String> answer =
        send(
            Version.HTTP_2,
            "narrow",
            fixture
                .request("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
                .POST(HttpRequest.BodyPublishers.ofString(review)));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body().equals("asked")).isEqualTo(asked);
    if (!asked) {
      assertThat(answer.body()).contains("\"allowed\":false");
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void body_overTheLimit_isRefused(Version version) throws Exception {
    HttpRequest.Builder upTo = post(3 << 20);
    assertThat(send(version, "ok", upTo).statusCode()).isEqualTo(200);
    assertThat(fixture.backend.last().body()).hasSize(3 << 20);

    HttpResponse<String> refused = send(version, "ok", post((3 << 20) + 1));
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("\"kind\":\"Status\"", "\"code\":413");
    assertThat(fixture.backend.exchanges).hasSize(1);
    assertThat(fixture.requests)
        .extracting(RequestListener.Request::status)
        .containsExactly(200, 413);
  }

  private HttpRequest.Builder post(int size) {
    return fixture
        .request("/api/v1/namespaces/default/configmaps")
        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[size]));
  }

  @Test
  void backendThatThrows_isAnswered500() throws Exception {
    fixture.backend.behaviour =
        exchange -> {
          throw new IllegalStateException("on purpose");
        };

    assertThat(send(Version.HTTP_2, "ok", fixture.request("/version")).statusCode()).isEqualTo(500);
  }

  @Test
  void lock_worksOnOpenConnections() throws Exception {
    var client = fixture.client(Version.HTTP_2, Optional.of(fixture.bot("bot-ok", "ok")));
    HttpRequest request = fixture.request("/version").build();
    assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);

    fixture.locked.add("bot-ok");

    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("access denied\n");
  }

  @Test
  void http2Connection_takes250Streams() throws Exception {
    fixture.backend.behaviour = exchange -> exchange.stream(200, StubBackend.JSON);
    var client = fixture.client(Version.HTTP_2, Optional.of(fixture.bot("bot-ok", "ok")));
    HttpRequest watch =
        HttpRequest.newBuilder(fixture.request(PODS + "?watch=1").build().uri()).build();
    List<InputStream> open = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      open.add(client.send(watch, HttpResponse.BodyHandlers.ofInputStream()).body());
    }

    CompletableFuture<?> oneMore =
        client.sendAsync(watch, HttpResponse.BodyHandlers.ofInputStream());

    await().atMost(SOON).until(oneMore::isCompletedExceptionally);
    assertThat(open).hasSize(250);
  }

  @Test
  void pipelinedRequests_areAnsweredInOrder() throws Exception {
    fixture.backend.behaviour =
        exchange ->
            CompletableFuture.runAsync(() -> StubBackend.respond(exchange, 200, exchange.path()));
    try (Socket socket = fixtureSocket("ok")) {
      String requests = "";
      for (int i = 0; i < 5; i++) {
        requests +=
            "GET /r"
                + i
                + " HTTP/1.1\r\nHost: localhost\r\n"
                + (i == 4 ? "Connection: close\r\n" : "")
                + "\r\n";
      }
      socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));

      String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answers).containsSubsequence("/r0", "/r1", "/r2", "/r3", "/r4");
    }
  }

  private HttpResponse<String> send(Version version, String role, HttpRequest.Builder request)
      throws Exception {
    Certs.Holder bot = fixture.bot("bot-" + role, role);
    return fixture
        .client(version, Optional.of(bot))
        .send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private Socket fixtureSocket(String role) throws Exception {
    Socket socket =
        fixture
            .certs
            .context(Optional.of(fixture.bot("bot-" + role, role)))
            .getSocketFactory()
            .createSocket("localhost", fixture.port());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private Socket upgradeSocket(String role, String method, String path, String protocol)
      throws Exception {
    Socket socket = fixtureSocket(role);
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: "
            + protocol
            + "\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the connection ended in: " + head);
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private static void stream(KubernetesExchange exchange, String... parts) {
    try (KubernetesExchange.Channel channel = exchange.stream(200, StubBackend.JSON)) {
      for (String part : parts) {
        channel.write(part.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static void write(KubernetesExchange.Channel channel, String... lines) {
    channel.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String pod(String name) {
    return "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"default\"}}";
  }

  private static String event(String type, String name) {
    return "{\"type\":\"" + type + "\",\"object\":" + pod(name) + "}";
  }
}
