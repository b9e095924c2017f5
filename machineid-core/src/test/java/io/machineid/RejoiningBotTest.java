package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestOidcIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How bots live whose identity is followed by another join, not by a renewal with itself. */
class RejoiningBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DUE = Duration.ofMinutes(21);
  private static final String KUBERNETES = "example-k8s-cluster";

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<BotEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private final AtomicBoolean platformDown = new AtomicBoolean();
  private TestCluster teleport;
  private TestOidcIssuer github;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).kubernetesCluster(KUBERNETES, Map.of()).start();
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
          join_method: github
          github: {allow: [{repository: acme/web}]}
        """);
    github = teleport.oidcIssuer("https://token.actions.githubusercontent.com");
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(SOON);
  }

  private JoinMethod method() {
    return JoinMethod.github("example-token")
        .source(
            () -> {
              if (platformDown.get()) {
                throw new IllegalStateException("the platform is down");
              }
              fetched.incrementAndGet();
              return github.sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web"));
            });
  }

  private Bot.Builder bot() {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler)
        .listener(events::add);
  }

  private void renewUntilReady(Bot bot) {
    bot.renewSoon();
    scheduler.goOn(
        bot,
        () -> assertThat(bot.state()).as(() -> "of " + bot.health()).isEqualTo(BotState.READY));
  }

  private long count(Class<? extends BotEvent> type) {
    return events.stream().filter(type::isInstance).count();
  }

  @Test
  void identity_joinsAgainWithFreshEvidence_andCredentialsLiveOn() {
    try (Bot bot = bot().join(method()).start(SOON)) {
      LiveCredential credential = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      BotIdentity first = bot.identity();

      scheduler.advance(bot, DUE);
      await().until(() -> count(BotEvent.Renewed.class) == 1);

      assertThat(fetched).hasValue(2);
      assertThat(bot.identity().notAfter()).isAfter(first.notAfter());
      assertThat(bot.identity().certificate().getPublicKey())
          .as("another join brings another key")
          .isNotEqualTo(first.certificate().getPublicKey());
      assertThat(teleport.requests())
          .noneMatch(request -> request.path().contains("GetCurrentUser"));
      await().until(() -> credential.current().generation() > 1);
    }
  }

  @Test
  void platformThatIsDown_leavesTheBotDegradedThenExpired_andItComesBackByItself() {
    try (Bot bot = bot().join(method()).start(SOON)) {
      platformDown.set(true);
      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError())
          .get()
          .extracting(MachineIdException::reason, MachineIdException::retryable)
          .containsExactly(Reason.EVIDENCE, true);

      scheduler.advance(bot, Duration.ofHours(1));
      assertThat(bot.state()).isEqualTo(BotState.EXPIRED);
      scheduler.goOn(
          bot,
          () ->
              assertThat(bot.lastError())
                  .get()
                  .satisfies(
                      error -> {
                        assertThat(error.reason()).isEqualTo(Reason.EXPIRED);
                        assertThat(error.retryable()).isTrue();
                        assertThat(error).hasMessageContaining("comes back by itself");
                      }));

      platformDown.set(false);
      renewUntilReady(bot);
      assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current()).isNotNull();
    }
  }

  @Test
  void clusterThatRefusesNow_isAskedAgain() {
    try (Bot bot = bot().join(method()).start(SOON)) {
      teleport.removeToken("example-token");
      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError())
          .get()
          .extracting(MachineIdException::reason)
          .isEqualTo(Reason.JOIN_DENIED);

      teleport.createToken(
          """
          kind: token
          version: v2
          metadata: {name: example-token}
          spec:
            roles: [Bot]
            bot_name: example
            join_method: github
            github: {allow: [{repository_owner: acme}, {repository: acme/web}]}
          """);
      renewUntilReady(bot);
    }
  }

  @Test
  void storedIdentity_servesWhileJoiningFails_andIsReplacedWhenItWorks() {
    MemoryDestination storage = Destination.memory();
    BotIdentity first;
    try (Bot bot = bot().join(method()).storage(storage).start(SOON)) {
      first = bot.identity();
    }
    platformDown.set(true);
    try (Bot bot = bot().join(method()).storage(storage).start(SOON)) {
      assertThat(bot.identity().certificate()).isEqualTo(first.certificate());
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current()).isNotNull();

      platformDown.set(false);
      renewUntilReady(bot);
      assertThat(bot.identity().certificate()).isNotEqualTo(first.certificate());
    }
    try (Bot bot = bot().storage(storage).start(SOON)) {
      assertThat(bot.state()).as("nothing to join with").isEqualTo(BotState.DEGRADED);
      assertThat(bot.identity().botName()).isEqualTo("example");
    }
  }

  @Test
  void storedIdentity_thatHasEnded_isReplacedAtTheStart() {
    MemoryDestination storage = Destination.memory();
    bot().join(method()).storage(storage).start(SOON).close();
    clock.advance(Duration.ofHours(2));

    try (Bot bot = bot().join(method()).storage(storage).start(SOON)) {
      assertThat(bot.state()).isEqualTo(BotState.READY);
    }
    clock.advance(Duration.ofHours(2));
    platformDown.set(true);
    assertThatThrownBy(() -> bot().join(method()).storage(storage).start(SOON))
        .isInstanceOfSatisfying(
            JoinException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EVIDENCE));
    assertThatThrownBy(() -> bot().storage(storage).start(SOON))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is nothing to join with");
  }
}
