package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpExchange;
import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FreePort;
import io.machineid.testing.Impostor;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user hears when the server is not what it should be. */
class BadServersTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TOKEN = "0123456789abcdef";
  private static final String FIND =
      """
      {"proxy":{"kube":{"enabled":true},"ssh":{"public_addr":"localhost:1"},"tls_routing_enabled":true},
       "server_version":"16.0.0","cluster_name":"x"}""";

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static MachineIdException start(
      String address, List<java.security.cert.X509Certificate> roots) {
    return (MachineIdException)
        org.assertj.core.api.Assertions.catchThrowable(
            () ->
                Bot.builder()
                    .proxy(address)
                    .webRoots(roots)
                    .join(JoinMethod.token(TOKEN))
                    .start(SOON)
                    .close());
  }

  private static MachineIdException startAt(Impostor impostor) {
    return start(impostor.address(), List.of(impostor.authority()));
  }

  private static void assertSays(MachineIdException error, Reason reason, String... parts) {
    assertThat(error).isNotNull();
    assertThat(error.reason()).as(error.getMessage()).isEqualTo(reason);
    assertThat(error.getMessage()).contains(parts).doesNotContain(TOKEN);
  }

  @Test
  void proxy_thatIsAWebSite_isNoTeleportProxy() throws Exception {
    try (Impostor site = new Impostor(exchange -> answer(exchange, 200, "<html>hello</html>"))) {
      assertSays(startAt(site), Reason.NOT_TELEPORT, site.address(), "/webapi/find");
    }
  }

  @Test
  void proxy_thatAnswersOtherJson_isNoTeleportProxy() throws Exception {
    try (Impostor site = new Impostor(exchange -> answer(exchange, 200, "{\"status\":\"ok\"}"))) {
      assertSays(startAt(site), Reason.NOT_TELEPORT, site.address(), "cluster_name");
    }
  }

  @Test
  void find_thatIsLimited_saysHowLongToWait() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              exchange.getResponseHeaders().add("Retry-After", "7");
              answer(exchange, 429, "slow down");
            })) {
      MachineIdException error = startAt(site);

      assertSays(error, Reason.RATE_LIMITED, site.address(), "429", "Try again in 7 s");
      assertThat(error.retryable()).isTrue();
      assertThat(error.retryAfter()).contains(Duration.ofSeconds(7));
    }
  }

  @Test
  void find_thatIsUnavailableUntilADate_saysHowLongToWait() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              String inAMinute =
                  DateTimeFormatter.RFC_1123_DATE_TIME.format(
                      OffsetDateTime.now(ZoneOffset.UTC).plusSeconds(60));
              exchange.getResponseHeaders().add("Retry-After", inAMinute);
              answer(exchange, 503, "");
            })) {
      MachineIdException error = startAt(site);

      assertSays(error, Reason.RATE_LIMITED, "503");
      assertThat(error.retryAfter().orElseThrow())
          .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(61));
    }
  }

  @Test
  void join_thatIsLimited_carriesTheWaitAndTheServersWords() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              if (exchange.getRequestURI().getPath().endsWith("/find")) {
                answer(exchange, 200, FIND);
              } else {
                exchange.getResponseHeaders().add("Retry-After", "86400");
                answer(exchange, 429, "{\"error\":{\"message\":\"rate limit exceeded\"}}");
              }
            })) {
      MachineIdException error = startAt(site);

      assertSays(error, Reason.RATE_LIMITED, "joining at " + site.address(), "rate limit exceeded");
      assertThat(error.retryable()).isTrue();
      assertThat(error.retryAfter()).contains(Duration.ofMinutes(10));
    }
  }

  @Test
  void proxy_thatAnswersTenMegabytes_isCutOff() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              byte[] block = new byte[1 << 16];
              try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 160; i++) {
                  out.write(block);
                }
              }
            })) {
      assertSays(startAt(site), Reason.BAD_RESPONSE, site.address(), "longer than");
    }
  }

  @Test
  void proxy_thatAnswersBytesThatAreNotText_isNoTeleportProxy() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              exchange.sendResponseHeaders(200, 4);
              exchange
                  .getResponseBody()
                  .write(new byte[] {(byte) 0xff, (byte) 0xfe, '{', (byte) 0x80});
            })) {
      assertSays(startAt(site), Reason.NOT_TELEPORT, site.address());
    }
  }

  @Test
  void join_whoseAnswerIsCut_saysThatTheTokenMayBeUsed() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              if (exchange.getRequestURI().getPath().endsWith("/find")) {
                answer(exchange, 200, FIND);
              } else {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write("{\"tls\":".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                throw new IOException("cut");
              }
            })) {
      assertSays(startAt(site), Reason.UNREACHABLE, "used up the token");
    }
  }

  @Test
  void join_answeredWithCertificatesOfAnotherKey_isRefused() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange ->
                answer(
                    exchange,
                    200,
                    exchange.getRequestURI().getPath().endsWith("/find")
                        ? FIND
                        : "{\"tls\":\"AAAA\",\"ssh\":\"AAAA\",\"tls_ca_certs\":[\"AAAA\"],\"ssh_ca_certs\":[]}"))) {
      assertSays(startAt(site), Reason.BAD_RESPONSE, "cannot be used");
    }
  }

  @Test
  void address_whereNobodyListens_isUnreachable() throws Exception {
    int port = FreePort.find();
    try (Impostor any = new Impostor(exchange -> {})) {
      assertSays(
          start("localhost:" + port, List.of(any.authority())),
          Reason.UNREACHABLE,
          "localhost:" + port,
          "refused");
    }
  }

  @Test
  void address_thatDoesNotResolve_saysSo() throws Exception {
    try (Impostor any = new Impostor(exchange -> {})) {
      assertSays(
          start("no-such-host.invalid:443", List.of(any.authority())),
          Reason.UNREACHABLE,
          "cannot be resolved");
    }
  }

  @Test
  void proxy_thatNeverAnswers_endsWithTheTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0);
        Impostor any = new Impostor(exchange -> {})) {
      assertThatThrownBy(
              () ->
                  Bot.builder()
                      .proxy("localhost:" + silent.getLocalPort())
                      .webRoots(List.of(any.authority()))
                      .join(JoinMethod.token(TOKEN))
                      .start(Duration.ofMillis(300)))
          .asInstanceOf(type(ConnectionException.class))
          .satisfies(error -> assertThat(error.reason()).isEqualTo(Reason.TIMEOUT));
    }
  }

  @Test
  void clock_oneHourOff_isNamedBeforeTheTokenIsSent() {
    TestClock ahead = TestClock.running();
    ahead.advance(Duration.ofHours(1));
    try (TestCluster teleport = TestCluster.builder().authPort().start()) {
      String token = teleport.addBot("example").token();
      Bot.Builder builder =
          Bot.builder()
              .proxy(teleport.proxyAddress())
              .webRoots(List.of(teleport.webAuthority()))
              .join(JoinMethod.token(token));

      assertThatThrownBy(() -> builder.clock(ahead).start(SOON))
          .hasMessageContaining("clock of this machine")
          .hasMessageContaining("ahead of");

      Bot.Builder direct =
          Bot.builder()
              .authServer(teleport.authAddress())
              .caPins(teleport.caPins())
              .join(JoinMethod.token(token));
      assertThatThrownBy(() -> direct.clock(ahead).start(SOON))
          .hasMessageContaining("clock of this machine");
      assertThat(teleport.requests())
          .noneMatch(
              request -> request.method().equals("POST") && request.path().contains("register"));
      builder.clock(TestClock.running()).start(SOON).close();
    }
  }

  @Test
  void authServer_withTheWrongName_isRefused() throws Exception {
    // The impostor's certificate is for localhost; an auth server's has Teleport's own name.
    try (Impostor site = new Impostor(exchange -> answer(exchange, 200, "{}"))) {
      assertThatThrownBy(
              () ->
                  Bot.builder()
                      .authServer(site.address())
                      .clusterAuthorities(List.of(site.authority()))
                      .join(JoinMethod.token(TOKEN))
                      .start(SOON))
          .asInstanceOf(type(MachineIdException.class))
          .satisfies(error -> assertSays(error, Reason.UNTRUSTED, "teleport.cluster.local"));
    }
  }

  @Test
  void join_whoseKeysAreRefused_triesRsaOnceAndThenSaysSo() throws Exception {
    java.util.List<String> keys = new java.util.concurrent.CopyOnWriteArrayList<>();
    try (Impostor site =
        new Impostor(
            exchange -> {
              if (exchange.getRequestURI().getPath().endsWith("/find")) {
                answer(exchange, 200, FIND);
                return;
              }
              String body =
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
              byte[] line =
                  new com.fasterxml.jackson.databind.ObjectMapper()
                      .readTree(body)
                      .path("public_ssh_key")
                      .binaryValue();
              keys.add(new String(line, StandardCharsets.US_ASCII).split(" ")[0]);
              answer(exchange, 500, "{\"error\":{\"message\":\"ssh: no key found\"}}");
            })) {
      assertSays(startAt(site), Reason.JOIN_DENIED, "neither ECDSA P-256 nor RSA 2048");
    }
    assertThat(keys).containsExactly("ecdsa-sha2-nistp256", "ssh-rsa");
  }
}
