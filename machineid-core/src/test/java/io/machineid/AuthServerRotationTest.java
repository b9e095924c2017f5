package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.internal.pki.Pem;
import io.machineid.join.AwsCredentials;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A bot that joins again at an auth server's own port, while the authority that it was given to
 * verify that one by is exchanged.
 */
class AuthServerRotationTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final MemoryDestination storage = Destination.memory();
  private TestCluster teleport;
  private List<String> pins;
  private List<X509Certificate> authorities;

  @BeforeEach
  void start() throws Exception {
    teleport = TestCluster.builder().clock(clock).authPort().start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
    createToken("github", "github: {allow: [{repository: acme/web}]}");
    createToken("iam", "allow: [{aws_account: '111111111111'}]");
    teleport.addAwsIdentity(
        "AKIAEXAMPLE", "secret", Optional.empty(), "111111111111", "arn:aws:iam::111111111111:x");
    pins = teleport.caPins();
    authorities = trusted();
  }

  @AfterEach
  void stop() {
    teleport.close();
  }

  private void createToken(String method, String section) {
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: %1$s-token}
        spec: {roles: [Bot], bot_name: example, join_method: %1$s, %2$s}
        """
            .formatted(method, section));
  }

  private List<X509Certificate> trusted() throws Exception {
    return Pem.parseCertificates(teleport.hostAuthorityPem().getBytes(StandardCharsets.US_ASCII));
  }

  /** Over HTTP, and over gRPC. */
  private JoinMethod method(String name) {
    return name.equals("iam")
        ? JoinMethod.iam("iam-token")
            .region("eu-central-1")
            .source(() -> AwsCredentials.of("AKIAEXAMPLE", "secret", Optional.empty()))
        : JoinMethod.github("github-token")
            .source(
                () ->
                    teleport
                        .oidcIssuer("https://token.actions.githubusercontent.com")
                        .sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web")));
  }

  private Bot bot(String method, String verifiedBy) {
    Bot.Builder bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(method(method))
            .storage(storage)
            .clock(clock)
            .scheduler(scheduler);
    return verifiedBy.equals("pins")
        ? bot.caPins(pins).start(SOON)
        : bot.clusterAuthorities(authorities).start(SOON);
  }

  private void rotate(RotationPhase phase, Bot bot) {
    teleport.rotateHostAuthority(phase);
    scheduler.goOn(
        bot,
        () ->
            assertThat(bot.certificateAuthorities().host())
                .as("known after " + phase)
                .hasSameElementsAs(trusted()));
    renew(bot);
  }

  /** A renewal that is under way, since the bot has heard of a change, is followed by another. */
  private void renew(Bot bot) {
    Instant end = bot.identity().notAfter();
    scheduler.advance(bot, Duration.ofSeconds(5));
    bot.renewSoon();
    scheduler.goOn(
        bot,
        () -> {
          assertThat(bot.identity().notAfter()).as(() -> "of " + bot.health()).isAfter(end);
          assertThat(bot.state()).as(() -> "of " + bot.health()).isEqualTo(BotState.READY);
        });
  }

  @ParameterizedTest
  @CsvSource({"github, pins", "github, authorities", "iam, pins", "iam, authorities"})
  void joinsAgain_areVerifiedByTheNewestAuthorities(String method, String verifiedBy) {
    try (Bot bot = bot(method, verifiedBy)) {
      rotate(RotationPhase.INIT, bot);
      rotate(RotationPhase.UPDATE_CLIENTS, bot);
      rotate(RotationPhase.UPDATE_SERVERS, bot);
      rotate(RotationPhase.STANDBY, bot);
      renew(bot);
    }
    try (Bot next = bot(method, verifiedBy)) {
      assertThat(next.state()).isEqualTo(BotState.READY);
    }
  }

  @Test
  void storedAuthorities_thatAreNoneAnyMore_giveWayToThoseThatWereGiven() throws Exception {
    bot("github", "pins").close();
    for (RotationPhase phase :
        List.of(
            RotationPhase.INIT,
            RotationPhase.UPDATE_CLIENTS,
            RotationPhase.UPDATE_SERVERS,
            RotationPhase.STANDBY)) {
      teleport.rotateHostAuthority(phase);
    }
    pins = teleport.caPins();
    authorities = trusted();

    for (String verifiedBy : List.of("pins", "authorities")) {
      try (Bot next = bot("github", verifiedBy)) {
        assertThat(next.state()).isEqualTo(BotState.READY);
      }
    }
  }
}
