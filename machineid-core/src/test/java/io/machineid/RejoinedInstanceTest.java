package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.AwsCredentials;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RecordedBotInstance;
import io.machineid.testkit.RecordedHeartbeat;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bots that join again stay the instance that they were, where the cluster keeps instances. */
class RejoinedInstanceTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DUE = Duration.ofMinutes(21);
  private static final Duration PAST_THE_END = Duration.ofHours(2);

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private TestCluster teleport;
  @TempDir Path dir;

  @AfterEach
  void stop() {
    teleport.close();
  }

  private void cluster(int version) {
    teleport = TestCluster.builder().clock(clock).teleportVersion(version).authPort().start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
    createToken("github", "github: {allow: [{repository: acme/web}]}");
    createToken("iam", "allow: [{aws_account: '111111111111'}]");
    teleport.addAwsIdentity(
        "AKIAEXAMPLE", "secret", Optional.empty(), "111111111111", "arn:aws:iam::111111111111:x");
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

  private JoinMethod method(String name) {
    if (name.equals("iam")) {
      return JoinMethod.iam("iam-token")
          .region("eu-central-1")
          .source(() -> AwsCredentials.of("AKIAEXAMPLE", "secret", Optional.empty()));
    }
    return JoinMethod.github("github-token")
        .source(
            () ->
                teleport
                    .oidcIssuer("https://token.actions.githubusercontent.com")
                    .sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web")));
  }

  private Bot.Builder bot(String method) {
    return bot(method(method));
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(method)
        .clock(clock)
        .scheduler(scheduler);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(SOON);
  }

  private static String instance(Bot bot) {
    return bot.identity().instanceId().orElseThrow();
  }

  private List<RecordedBotInstance> instances() {
    return teleport.botInstances("example");
  }

  private void renew(Bot bot) {
    Instant end = bot.identity().notAfter();
    scheduler.advance(bot, Duration.ofMinutes(21));
    scheduler.goOn(
        bot,
        () -> assertThat(bot.identity().notAfter()).as(() -> "of " + bot.health()).isAfter(end));
  }

  /** Streams that the client gives up are recorded when that is seen. */
  private List<RecordedRequest> joins(int count) {
    await().until(() -> joins().size() >= count);
    return joins();
  }

  private List<RecordedRequest> joins() {
    return teleport.requests().stream()
        .filter(
            request ->
                request.path().contains("JoinService/")
                    || request.path().endsWith("/host/credentials")
                    || request.path().endsWith("/tokens/register"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"17, github", "17, iam", "18, github", "18, iam"})
  void bot_staysTheInstanceThatItWas_withEachFurtherJoin(int version, String method) {
    cluster(version);
    try (Bot bot = bot(method).start(SOON)) {
      String first = instance(bot);
      renew(bot);
      renew(bot);

      assertThat(instance(bot)).isEqualTo(first);
      assertThat(instances())
          .singleElement()
          .satisfies(
              only -> {
                assertThat(only.id()).isEqualTo(first);
                assertThat(only.joins()).isEqualTo(3);
                assertThat(only.joinMethod()).isEqualTo(method);
              });
      assertThat(joins(3)).first().extracting(RecordedRequest::service).isNotEqualTo("AUTH");
      assertThat(joins())
          .hasSize(3)
          .last()
          .satisfies(
              last -> {
                assertThat(last.service()).isEqualTo("AUTH");
                assertThat(last.user()).contains("bot-example");
              });
    }
  }

  @Test
  void bot_atTheAuthServer_staysTheInstanceThatItWas() {
    cluster(17);
    try (Bot bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .caPins(teleport.caPins())
            .join(method("github"))
            .clock(clock)
            .scheduler(scheduler)
            .start(SOON)) {
      renew(bot);

      assertThat(instances()).singleElement().extracting(RecordedBotInstance::joins).isEqualTo(2);
    }
  }

  @Test
  void clusterWithoutTheCall_isJoinedOverHttp_andAskedForItOnce() {
    cluster(17);
    teleport.faults().unimplemented("proto.JoinService/RegisterUsingToken");
    try (Bot bot = bot("github").start(SOON)) {
      renew(bot);
      renew(bot);

      assertThat(instances()).singleElement().extracting(RecordedBotInstance::joins).isEqualTo(3);
      assertThat(joins(4))
          .extracting(RecordedRequest::path)
          .containsExactly(
              "/v1/webapi/host/credentials",
              "/proto.JoinService/RegisterUsingToken",
              "/v2/tokens/register",
              "/v2/tokens/register");
      assertThat(joins()).element(2).extracting(RecordedRequest::service).isEqualTo("AUTH");
    }
  }

  @Test
  void identityThatHasEnded_isNotShown_andAnotherInstanceBegins() {
    cluster(18);
    MemoryDestination storage = Destination.memory();
    String first;
    try (Bot bot = bot("github").storage(storage).start(SOON)) {
      first = instance(bot);
    }
    clock.advance(PAST_THE_END);
    try (Bot bot = bot("github").storage(storage).start(SOON)) {
      assertThat(instance(bot)).isNotEqualTo(first);
      assertThat(instances()).extracting(RecordedBotInstance::joins).containsExactly(1, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void certificateThatIsRefused_isLeftAside_andAnotherInstanceBegins(int version) {
    cluster(version);
    MemoryDestination storage = Destination.memory();
    bot("github").storage(storage).start(SOON).close();
    List.of(
            RotationPhase.INIT,
            RotationPhase.UPDATE_CLIENTS,
            RotationPhase.UPDATE_SERVERS,
            RotationPhase.STANDBY)
        .forEach(teleport::rotateUserAuthority);

    try (Bot bot = bot("github").storage(storage).start(SOON)) {
      assertThat(bot.lastError().map(e -> e + " " + e.getCause())).isEmpty();
      assertThat(instances()).extracting(RecordedBotInstance::joins).containsExactly(1, 1);
      assertThat(instance(bot)).isEqualTo(instances().get(1).id());
    }
  }

  @Test
  void clusterWhoseAuthorityIsNotKnownAnyMore_isJoinedAsByAStranger() {
    cluster(17);
    MemoryDestination storage = Destination.memory();
    bot("iam").storage(storage).start(SOON).close();
    List.of(
            RotationPhase.INIT,
            RotationPhase.UPDATE_CLIENTS,
            RotationPhase.UPDATE_SERVERS,
            RotationPhase.STANDBY)
        .forEach(teleport::rotateHostAuthority);

    try (Bot bot = bot("iam").storage(storage).start(SOON)) {
      assertThat(bot.state()).isEqualTo(BotState.READY);
      assertThat(instances()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"17, github", "18, iam"})
  void botThatIsLocked_isToldSo_andMakesNoOtherInstance(int version, String method) {
    cluster(version);
    try (Bot bot = bot(method).start(SOON)) {
      teleport.lockBot("example");
      scheduler.advance(bot, DUE);

      assertThat(bot.state()).isEqualTo(BotState.LOCKED);
      assertThat(bot.lastError().orElseThrow()).hasMessageContaining("`tctl get locks`");
      assertThat(instances()).hasSize(1);
      assertThat(joins(2).stream().skip(1))
          .extracting(RecordedRequest::service)
          .containsOnly("AUTH");
    }
  }

  @Test
  void evidenceThatIsRefused_isNotTriedAgainWithoutTheCertificate() {
    cluster(17);
    MemoryDestination storage = Destination.memory();
    bot("github").storage(storage).start(SOON).close();
    createToken("github", "github: {allow: [{repository: acme/other}]}");

    assertThatThrownBy(() -> bot("github").storage(storage).start(SOON))
        .isInstanceOfSatisfying(
            JoinException.class, e -> assertThat(e.reason()).isEqualTo(Reason.JOIN_DENIED))
        .hasMessageContaining("did not match any allow rules");
    assertThat(joins(2)).extracting(RecordedRequest::service).containsExactly("WEB", "AUTH");
  }

  @Test
  void botThatWasMadeAnew_isAnotherInstance() {
    cluster(18);
    MemoryDestination storage = Destination.memory();
    bot("github").storage(storage).start(SOON).close();
    String first = instances().get(0).id();
    teleport.deleteBot("example");
    teleport.addBot("example", "example-role");

    try (Bot bot = bot("github").storage(storage).start(SOON)) {
      assertThat(instance(bot)).isNotEqualTo(first);
      assertThat(instances()).hasSize(1);
    }
  }

  @Test
  void clusterWithoutInstances_isJoinedAsBefore() {
    cluster(16);
    try (Bot bot = bot("github").start(SOON)) {
      renew(bot);

      assertThat(bot.identity().instanceId()).isEmpty();
      assertThat(instances()).isEmpty();
      assertThat(joins()).hasSize(2).extracting(RecordedRequest::service).containsOnly("WEB");
    }
  }

  @Test
  void answerToARenewalThatIsLost_makesTheBotWait_andNotRiskALock() throws IOException {
    cluster(17);
    Path token = Files.writeString(dir.resolve("token"), teleport.newToken("example").token());
    try (Bot bot = bot(JoinMethod.tokenFile(token)).start(SOON)) {
      String first = instance(bot);
      teleport.faults().dropNextRenewalResponse();
      scheduler.advance(bot, DUE);
      scheduler.goOn(
          bot,
          () ->
              assertThat(bot.lastError())
                  .get()
                  .extracting(MachineIdException::reason)
                  .isEqualTo(Reason.SUPERSEDED));
      assertThat(teleport.isLocked("example")).isFalse();
      assertThat(bot.credential(CredentialRequest.forRoles("example-role")).current()).isNotNull();

      Files.writeString(token, teleport.newToken("example").token());
      bot.renewSoon();
      scheduler.goOn(
          bot,
          () -> {
            assertThat(instance(bot)).as(() -> "of " + bot.health()).isNotEqualTo(first);
            assertThat(bot.state()).isEqualTo(BotState.READY);
          });
      assertThat(teleport.isLocked("example")).isFalse();
    }
  }

  @Test
  void heartbeats_areThoseOfOneInstance_andOnlyTheFirstIsOfAStart() {
    cluster(18);
    try (Bot bot = bot("github").start(SOON)) {
      await().until(() -> teleport.heartbeats().size() == 1);
      await().until(() -> scheduler.waits(Duration.ofMinutes(30)));
      renew(bot);
      scheduler.advance(bot, Duration.ofMinutes(9));
      await().until(() -> teleport.heartbeats().size() == 2);

      assertThat(teleport.heartbeats())
          .extracting(RecordedHeartbeat::startup)
          .containsExactly(true, false);
      assertThat(teleport.heartbeats())
          .extracting(RecordedHeartbeat::instanceId)
          .containsOnly(instance(bot));
    }
  }
}
