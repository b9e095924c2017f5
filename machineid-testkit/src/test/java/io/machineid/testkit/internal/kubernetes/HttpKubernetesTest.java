package io.machineid.testkit.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HttpKubernetesTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void request_isSentWithCredentials_andItsAnswerPassedOn() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpKubernetes kubernetes =
            new HttpKubernetes(
                URI.create(url(server) + "/prefix/"), HttpCredentials.token("", "s3cret"))) {
      Exchange exchange = new Exchange("POST", "/api/v1/pods", "dryRun=All", "body", false);
      kubernetes.handle(exchange);
      try (Socket socket = server.accept()) {
        assertThat(head(socket))
            .startsWith("POST /prefix/api/v1/pods?dryRun=All HTTP/1.1\r\n")
            .containsIgnoringCase("authorization: Bearer s3cret\r\n")
            .contains("Impersonate-Group: editor\r\nImpersonate-Group: system:authenticated\r\n")
            .containsIgnoringCase("content-length: 4\r\n");
        assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("body");
        socket
            .getOutputStream()
            .write(
                ascii("HTTP/1.1 201 Created\r\nX-Answer: 1\r\nContent-Length: 7\r\n\r\ncreated"));

        await().atMost(SOON).until(exchange.done::isDone);
        assertThat(exchange.status).isEqualTo(201);
        assertThat(exchange.text()).isEqualTo("created");
        assertThat(exchange.answerHeaders.firstValue("x-answer")).contains("1");
      }
    }
  }

  @Test
  void streamedAnswer_arrivesBitByBit_andEndsWhenTheClientGoes() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpKubernetes kubernetes =
            new HttpKubernetes(url(server), HttpCredentials.anonymous(""))) {
      Exchange exchange = new Exchange("GET", "/api/v1/pods", "watch=1", "", false);
      kubernetes.handle(exchange);
      try (Socket socket = server.accept()) {
        assertThat(head(socket))
            .contains("GET /api/v1/pods?watch=1 HTTP/1.1")
            .doesNotContain("authorization");
        OutputStream out = socket.getOutputStream();
        out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"));
        await().atMost(SOON).until(() -> exchange.text().equals("first"));
        out.write(ascii("3\r\nnew\r\n"));
        await().atMost(SOON).until(() -> exchange.text().equals("firstnew"));

        exchange.clientGone();

        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void upgrade_passesBytesBothWays() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpKubernetes kubernetes =
            new HttpKubernetes(url(server), HttpCredentials.anonymous(""))) {
      Exchange exchange = new Exchange("POST", "/api/v1/namespaces/a/pods/p/exec", "", "", true);
      kubernetes.handle(exchange);
      try (Socket socket = server.accept()) {
        assertThat(head(socket)).containsIgnoringCase("upgrade: SPDY/3.1");
        socket
            .getOutputStream()
            .write(
                ascii(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n\1\2"));
        await().atMost(SOON).until(() -> exchange.text().equals("\1\2"));
        assertThat(exchange.status).isEqualTo(101);

        exchange.consumer.accept(ascii("to the pod"));

        assertThat(socket.getInputStream().readNBytes(10)).asString().isEqualTo("to the pod");
        socket.close();
        await().atMost(SOON).until(exchange.done::isDone);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unreachableApi_isAnswered504(boolean listening) throws Exception {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try (HttpKubernetes kubernetes =
        new HttpKubernetes(url(server), HttpCredentials.anonymous(""))) {
      if (!listening) {
        server.close();
      }
      Exchange exchange = new Exchange("GET", "/version", "", "", false);
      kubernetes.handle(exchange);
      if (listening) {
        server.accept().close();
      }

      await().atMost(SOON).until(exchange.done::isDone);

      assertThat(exchange.status).isEqualTo(504);
      assertThat(exchange.text()).contains("\"reason\":\"Timeout\"");
    } finally {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a", "https:///x", "localhost:80"})
  void otherUrl_isRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HttpKubernetes(URI.create(url), HttpCredentials.anonymous("")));
  }

  @Test
  void credentials_doNotShowThemselves() {
    assertThat(HttpCredentials.token("", "s3cret").toString()).doesNotContain("s3cret");
    assertThat(HttpCredentials.certificate("", "c", "k3y").toString()).doesNotContain("k3y");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new HttpKubernetes(
                    URI.create("https://a"), HttpCredentials.certificate("", "c", "k3y")))
        .withMessageNotContaining("k3y");
  }

  private static URI url(ServerSocket server) {
    return URI.create("http://localhost:" + server.getLocalPort());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String head(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static final class Exchange implements KubernetesExchange, KubernetesExchange.Channel {

    private final String method;
    private final String path;
    private final String query;
    private final String body;
    private final boolean upgrade;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final CountDownLatch onCloseSet = new CountDownLatch(1);
    final CompletableFuture<Boolean> done = new CompletableFuture<>();
    volatile int status;
    volatile HttpHeaders answerHeaders = HttpHeaders.of(Map.of(), (n, v) -> true);
    volatile Consumer<byte[]> consumer = bytes -> {};
    private volatile Runnable onClose = () -> {};

    Exchange(String method, String path, String query, String body, boolean upgrade) {
      this.method = method;
      this.path = path;
      this.query = query;
      this.body = body;
      this.upgrade = upgrade;
    }

    void clientGone() throws InterruptedException {
      onCloseSet.await();
      onClose.run();
    }

    synchronized String text() {
      return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public String query() {
      return query;
    }

    @Override
    public HttpHeaders headers() {
      Map<String, List<String>> groups =
          Map.of("Impersonate-Group", List.of("editor", "system:authenticated"));
      Map<String, List<String>> upgrading =
          Map.of("Connection", List.of("Upgrade"), "Upgrade", List.of("SPDY/3.1"));
      return HttpHeaders.of(upgrade ? upgrading : groups, (n, v) -> true);
    }

    @Override
    public byte[] body() {
      return body.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean upgradeRequested() {
      return upgrade;
    }

    @Override
    public void respond(int newStatus, HttpHeaders headers, byte[] bytes) {
      stream(newStatus, headers);
      write(bytes);
      close();
    }

    @Override
    public Channel stream(int newStatus, HttpHeaders headers) {
      status = newStatus;
      answerHeaders = headers;
      return this;
    }

    @Override
    public Channel upgrade(HttpHeaders headers) {
      return stream(101, headers);
    }

    @Override
    public synchronized void write(byte[] bytes) {
      received.writeBytes(bytes);
    }

    @Override
    public void onData(Consumer<byte[]> newConsumer) {
      consumer = newConsumer;
    }

    @Override
    public void onClose(Runnable action) {
      onClose = action;
      onCloseSet.countDown();
    }

    @Override
    public void close() {
      done.complete(true);
    }
  }
}
