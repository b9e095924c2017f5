package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.PlainBot.Identity;
import io.machineid.testkit.internal.pki.TlsIdentity;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JoinTest {

  private static final KeyPair KEY = PlainBot.newKey("EC");
  private static final TestClock CLOCK = TestClock.running();
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = TestCluster.builder().clusterName("real.example").clock(CLOCK).start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "EC384", "Ed25519"})
  void join_withAnyKey_getsCertificatesForIt(String algorithm) {
    KeyPair key = PlainBot.newKey(algorithm);
    try (PlainBot bot = new PlainBot(cluster, "k-" + algorithm)) {
      Identity identity = bot.join(cluster.addBot("k-" + algorithm).token(), key, null);

      TlsIdentity decoded = TlsIdentity.decode(identity.certificate());
      assertThat(identity.certificate().getPublicKey()).isEqualTo(key.getPublic());
      assertThat(decoded.generation()).hasValue(1);
      assertThat(decoded.renewable()).isTrue();
      assertThat(decoded.botName()).hasValue("k-" + algorithm);
      assertThat(decoded.loginIp()).hasValue("127.0.0.1");
      assertThat(identity.authorities()).hasSize(2).contains(cluster.hostAuthorityPem());
      assertThat(identity.ssh()).contains("-cert-v01@openssh.com ");
    }
  }

  @Test
  void refusals_areThoseOfARealCluster() {
    String used = cluster.addBot("used").token();
    new PlainBot(cluster, "used").join(used);
    String fresh = cluster.addBot("fresh").token();

    assertGolden("wrong-token", post(body("00000000000000000000000000000000", "{}")));
    assertGolden("wrong-token", post(body(used, "{}")));
    assertGolden("unknown-field", post(body("0000", "{\"nosuch\":1}")));
    assertGolden("empty-token", post(body("", "{}")));
    assertGolden("empty-body", post(""));
    assertGolden("malformed-json", post("{\"token\": "));
    assertGolden("bad-base64", post(body(fresh, "{\"public_ssh_key\":\"!!!\"}")));
    assertGolden(
        "garbage-ssh-key",
        post(body(fresh, "{\"public_ssh_key\":\"" + PlainBot.base64("garbage") + "\"}")));
    assertGolden("no-ssh-key", post(body(fresh, "{\"public_ssh_key\":null}")));
    assertGolden(
        "role-node-with-bot-token",
        post(
            body(
                fresh,
                "{\"role\":\"Node\",\"node_name\":\"x\","
                    + "\"hostID\":\"11111111-2222-3333-4444-555555555555\"}")));
    assertThat(post(body(fresh, "{}")).statusCode()).as("the token is still good").isEqualTo(200);
  }

  @Test
  void token_ofABotThatJoined_isRefused() {
    new PlainBot(cluster, "x-two").join(cluster.addBot("x-two").token());

    assertGolden("second-token-again", post(body(cluster.newToken("x-two").token(), "{}")));
  }

  @Test
  void token_ofADeletedBot_isRefused() {
    String token = cluster.addBot("gone").token();
    cluster.deleteBot("gone");

    assertGolden("token-for-missing-bot", post(body(token, "{}")));
  }

  @Test
  void token_afterItsTime_isRefused() {
    cluster.addBot("late");
    String token = cluster.newToken("late", Duration.ofMinutes(1)).token();

    CLOCK.advance(Duration.ofMinutes(1));

    assertGolden("wrong-token", post(body(token, "{}")));
  }

  @Test
  void token_raced_isGoodForExactlyOne() {
    String token = cluster.addBot("raced").token();

    List<CompletableFuture<HttpResponse<String>>> racers =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> post(body(token, "{}")), work -> new Thread(work).start()))
            .toList();

    assertThat(racers.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
        .containsOnlyOnce(200);
    assertThat(cluster.generationOf("raced")).isEqualTo(1);
  }

  @Test
  void expiry_ofThePast_isGrantedAndUsesTheTokenUp() {
    BotCredentials credentials = cluster.addBot("past");
    Identity identity =
        new PlainBot(cluster, "past")
            .join(credentials.token(), KEY, Instant.parse("2020-01-01T00:00:00Z"));

    assertThat(identity.certificate().getNotAfter().toInstant())
        .isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(cluster.generationOf("past")).isEqualTo(1);
  }

  @Test
  void find_hasTheShapeOfARealOne() {
    assertFind("/webapi/find", "web/find.json");
    assertFind("/webapi/ping", "web/ping.json");
    assertFind("/v1/webapi/ping", "web/ping.json");
  }

  private static void assertFind(String path, String golden) {
    String port = cluster.proxyAddress().replace("localhost:", "");
    String expected =
        Golden.text(golden)
            .replace("teleport.localtest:3080", cluster.proxyAddress())
            .replace(":3080", ":" + port);
    HttpResponse<String> response = PlainBot.send(cluster, PlainBot.request(cluster, path).GET());

    assertThat(response.body()).isEqualTo(expected.strip());
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
  }

  @Test
  void otherPaths_areAnsweredAsByARealProxy() {
    assertGoldenFile("web/unknown-api.http.txt", get("/webapi/nosuch"));
    assertGoldenFile("join/get-method.txt", get("/v1/webapi/host/credentials"));
    assertGoldenFile("web/ping-connector-unknown.http.txt", get("/webapi/ping/nosuch"));
    assertGoldenFile("web/root.http.txt", get("/"));
    HttpResponse<String> page =
        PlainBot.send(
            cluster,
            PlainBot.request(cluster, "/v2/tokens/register")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<html");
  }

  private static HttpResponse<String> get(String path) {
    return PlainBot.send(cluster, PlainBot.request(cluster, path).GET());
  }

  private static HttpResponse<String> post(String body) {
    return PlainBot.postJoin(cluster, body);
  }

  private static String body(String token, String changes) {
    Map<String, Object> body = PlainBot.joinBody(token, KEY);
    try {
      Golden.fields(changes).forEach(body::put);
    } catch (RuntimeException e) {
      throw new IllegalStateException(changes, e);
    }
    return PlainBot.json(body);
  }

  private static void assertGolden(String name, HttpResponse<String> response) {
    assertGoldenFile("join/" + name + ".txt", response);
  }

  private static void assertGoldenFile(String file, HttpResponse<String> response) {
    String text = Golden.text(file).replace("\r\n", "\n");
    String answer =
        text.contains("<<< RESPONSE\n")
            ? text.substring(text.indexOf("<<< RESPONSE\n") + 13)
            : text;
    String head = answer.substring(0, answer.indexOf("\n\n"));
    String body = answer.substring(answer.indexOf("\n\n") + 2);
    assertThat(head).as(file).startsWith("HTTP/1.1 " + response.statusCode() + " ");
    assertThat(response.body().strip()).as(file).isEqualTo(body.strip());
    head.lines()
        .skip(1)
        .map(line -> line.split(": ", 2))
        .filter(field -> !List.of("Date", "Connection", "Transfer-Encoding").contains(field[0]))
        .forEach(
            field ->
                assertThat(response.headers().firstValue(field[0])).as(file).hasValue(field[1]));
  }
}
