package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.machineid.MachineIdException.Reason;
import io.machineid.join.AzureCertificateSource;
import io.machineid.join.AzureEvidence;
import io.machineid.join.AzureJoin;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RecordedBotInstance;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestPlatform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Joining by the method {@code azure} over the join service of Teleport 18. */
class AzureJoinServiceTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String ISSUING =
      "http://www.microsoft.com/pkiops/certs/Made-up%20Issuing%20CA.crt";
  private static final String ROOT = "http://www.microsoft.com/pkiops/certs/Made-up%20Root.crt";

  private final TestPlatform platform = TestPlatform.start();
  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<String> fetched = new CopyOnWriteArrayList<>();
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).teleportVersion(18).authPort().start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: azure
          azure: {allow: [{subscription: sub-1, resource_groups: [web]}]}
        """);
  }

  @AfterEach
  void stop() {
    platform.close();
    teleport.close();
  }

  private AzureJoin method() {
    return method(platform.azure(teleport.azure(), "sub-1", "web", "vm-1"));
  }

  private AzureJoin method(Map<String, String> machine) {
    return JoinMethod.azure("example-token")
        .environment(machine)
        .certificates(
            address -> {
              fetched.add(address.toString());
              return teleport.azure().certificate(address);
            });
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(method)
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler);
  }

  private void assertFails(JoinMethod method, Reason reason, String... words) {
    assertThatThrownBy(() -> bot(method).start(SOON))
        .isInstanceOfSatisfying(JoinException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
  }

  private List<String> joins() {
    return teleport.requests().stream()
        .map(RecordedRequest::path)
        .filter(path -> path.contains("JoinService/"))
        .toList();
  }

  @Test
  void bot_bringsTheAuthoritiesOfItsDocument_andStaysTheInstanceThatItWas() {
    try (Bot bot = bot(method()).start(SOON)) {
      assertThat(fetched).as("the root is looked at, and left out").containsExactly(ISSUING, ROOT);
      Instant end = bot.identity().notAfter();
      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(bot, () -> assertThat(bot.identity().notAfter()).isAfter(end));

      assertThat(teleport.botInstances("example"))
          .singleElement()
          .extracting(RecordedBotInstance::joins, RecordedBotInstance::joinMethod)
          .containsExactly(2, "azure");
    }
    assertThat(joins()).hasSize(2).containsOnly("/teleport.join.v1.JoinService/Join");
  }

  @Test
  void releaseWhoseJoinServiceDoesNotKnowIt_isJoinedByTheOlderStream() {
    teleport.faults().unimplemented("teleport.join.v1.JoinService/Join");

    bot(method()).start(SOON).close();
    assertThat(fetched).as("the cluster fetches them itself").isEmpty();
    assertThat(joins()).contains("/proto.JoinService/RegisterUsingAzureMethod");
  }

  @Test
  void refusals_sayWhatToDo() {
    assertFails(
        method(platform.azure(teleport.azure(), "sub-1", "other", "vm-1")),
        Reason.JOIN_DENIED,
        "instance did not match any allow rules in token example-token",
        "Compare the `allow` rules");
    AzureJoin machine = method();
    assertFails(
        machine.source(
            challenge -> {
              AzureEvidence found = machine.evidence(challenge);
              return AzureEvidence.of(
                  found.exposeAttestedData(), found.exposeAccessToken(), new byte[0]);
            }),
        Reason.JOIN_DENIED,
        "failed to verify the attested data's signature",
        "Check that the managed identity may read its machine");
    assertFails(
        machine.source(challenge -> machine.evidence("another-challenge")),
        Reason.JOIN_DENIED,
        "challenge is missing or does not match");
  }

  private Stream<AzureCertificateSource> sourcesOfNoUse() {
    return Stream.of(
        address -> {
          throw new IOException("very-secret");
        },
        address -> teleport.azure().certificate(URI.create(ROOT)),
        address -> "none".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void authoritiesThatCannotBeHad_areLeftToTheClusterByTheOlderStream() {
    sourcesOfNoUse().forEach(source -> bot(method().certificates(source)).start(SOON).close());

    Awaitility.await().atMost(SOON).until(() -> joins().size() == 6);
    assertThat(joins())
        .containsExactlyInAnyOrderElementsOf(
            Collections.nCopies(
                    3,
                    List.of(
                        "/teleport.join.v1.JoinService/Join",
                        "/proto.JoinService/RegisterUsingAzureMethod"))
                .stream()
                .flatMap(List::stream)
                .toList());
  }

  @Test
  void documentThatDoesNotTellWhoHasSignedIt_isRefusedByTheCluster() {
    assertFails(
        JoinMethod.azure("example-token")
            .source(challenge -> AzureEvidence.of("{\"signature\":\"bm9uZQ==\"}", "a.b.c")),
        Reason.JOIN_DENIED,
        "the cluster refused");
  }

  @Test
  void authorities_areFetchedThroughTheHttpProxy_inBoundedSize() throws IOException {
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/pkiops/certs/",
        exchange -> {
          fetched.add(exchange.getRequestURI().toString());
          byte[] body = teleport.azure().certificate(exchange.getRequestURI());
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    proxy.start();
    try {
      ProxySelector through = ProxySelector.of(proxy.getAddress());
      AzureJoin machine =
          JoinMethod.azure("example-token")
              .environment(platform.azure(teleport.azure(), "sub-1", "web", "vm-1"));
      AzureEvidence evidence = machine.evidence("a-challenge");

      assertThat(machine.intermediates(evidence, through))
          .isEqualTo(teleport.azure().certificate(URI.create(ISSUING)));
      assertThat(fetched).containsExactly(ISSUING, ROOT);

      proxy.removeContext("/pkiops/certs/");
      proxy.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 300_000);
            exchange.getResponseBody().write(new byte[300_000]);
            exchange.close();
          });
      assertThatThrownBy(() -> machine.intermediates(evidence, through))
          .isInstanceOf(JoinException.class)
          .hasMessageContainingAll("Microsoft's list of authorities at", "more than 256 KiB");
    } finally {
      proxy.stop(0);
    }
  }
}
