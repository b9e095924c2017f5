package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.AwsCredentials;
import io.machineid.join.IdTokenJoin;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.Keypairs;
import io.machineid.testing.SoftwareTpm;
import io.machineid.testkit.JoinMoment;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Joins over the join service of Teleport 18, and the ways back to the older ones. */
class JoinServiceTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final KeyPair TPM = SoftwareTpm.newKey();
  private static final String SERVICE = "teleport.join.v1.JoinService";
  private static final String JOIN = "/teleport.join.v1.JoinService/Join";
  private static final String BY_HTTP = "/v1/webapi/host/credentials";

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final MemoryDestination storage = Destination.memory();
  private final AtomicBoolean evidenceGone = new AtomicBoolean();
  private TestCluster teleport;

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
    if (version >= 17) {
      createToken("tpm", "tpm: {allow: [{ek_public_hash: %s}]}".formatted(hash()));
    }
    if (version == 18) {
      teleport.createToken(
          Keypairs.token("bound_keypair-token", "onboarding: {registration_secret: open sesame}"));
    }
  }

  private static String hash() {
    try {
      return SoftwareTpm.hash(TPM);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
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

  private IdTokenJoin github(String tokenName) {
    return JoinMethod.github(tokenName)
        .source(
            () ->
                teleport
                    .oidcIssuer("https://token.actions.githubusercontent.com")
                    .sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web")));
  }

  private JoinMethod iam(String key) {
    return JoinMethod.iam("iam-token")
        .region("eu-central-1")
        .source(
            () -> {
              if (evidenceGone.get()) {
                throw new IllegalStateException("no credentials today");
              }
              return AwsCredentials.of("AKIAEXAMPLE", key, Optional.empty());
            });
  }

  private JoinMethod method(String name) {
    return switch (name) {
      case "token" -> JoinMethod.token(teleport.newToken("example").token());
      case "iam" -> iam("secret");
      case "github" -> github("github-token");
      case "tpm" ->
          JoinMethod.tpm("tpm-token").source(() -> new SoftwareTpm(TPM, Optional.empty()));
      default -> JoinMethod.boundKeypair("bound_keypair-token").registrationSecret("open sesame");
    };
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(method)
        .storage(storage)
        .clock(clock)
        .scheduler(scheduler);
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
    Awaitility.await().atMost(SOON).until(() -> joins().size() >= count);
    return joins();
  }

  private List<RecordedRequest> joins() {
    return teleport.requests().stream()
        .filter(
            request ->
                request.path().contains("JoinService/")
                    || request.path().equals(BY_HTTP)
                    || request.path().endsWith("/tokens/register"))
        .toList();
  }

  private void assertFails(JoinMethod method, Reason reason, String... words) {
    assertThatThrownBy(() -> bot(method).start(SOON).close())
        .isInstanceOfSatisfying(
            MachineIdException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain("open sesame", "secret\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "github", "iam", "bound_keypair", "tpm"})
  void everyMethod_joinsByIt_throughTheProxy(String method) {
    cluster(18);
    try (Bot bot = bot(method(method)).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().renewable()).isEqualTo(method.equals("token"));
      assertThat(teleport.botInstances("example"))
          .singleElement()
          .satisfies(only -> assertThat(only.joinMethod()).isEqualTo(method));
      assertThat(bot.credential(CredentialRequest.forRoles("example-role")).current()).isNotNull();
    }
    assertThat(joins(1))
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.path()).isEqualTo(JOIN);
              assertThat(only.service()).isEqualTo("JOINING");
              assertThat(only.status()).isEqualTo("OK");
            });
    assertThat(storage.list()).contains("tlscert", "key-cert.pub", "sshcacerts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "github", "iam", "bound_keypair", "tpm"})
  void everyMethod_joinsByIt_atTheAuthServer(String method) {
    cluster(18);
    Bot.builder()
        .authServer(teleport.authAddress())
        .caPins(teleport.caPins())
        .join(method(method))
        .clock(clock)
        .start(SOON)
        .close();

    assertThat(joins(1))
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.path()).isEqualTo(JOIN);
              assertThat(only.service()).isEqualTo("AUTH");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"github", "iam", "bound_keypair", "tpm"})
  void furtherJoins_areOfTheBotItself(String method) {
    cluster(18);
    try (Bot bot = bot(method(method)).start(SOON)) {
      renew(bot);

      assertThat(joins(2)).extracting(RecordedRequest::path).containsOnly(JOIN);
      assertThat(joins()).element(1).extracting(RecordedRequest::service).isEqualTo("AUTH");
      assertThat(teleport.botInstances("example")).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16, github, " + BY_HTTP,
    "17, github, " + BY_HTTP,
    "17, token, " + BY_HTTP,
    "17, iam, /proto.JoinService/RegisterUsingIAMMethod",
    "17, tpm, /proto.JoinService/RegisterUsingTPMMethod"
  })
  void olderClusters_areNotAskedForIt_whereTheProxyTellsTheirVersion(
      int version, String method, String path) {
    cluster(version);
    bot(method(method)).start(SOON).close();

    assertThat(joins(1)).extracting(RecordedRequest::path).containsExactly(path);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17})
  void olderAuthServers_sayThatTheyHaveNone(int version) {
    cluster(version);
    for (String method : List.of("token", "github", "iam")) {
      try (Bot bot =
          Bot.builder()
              .authServer(teleport.authAddress())
              .caPins(teleport.caPins())
              .join(method(method))
              .clock(clock)
              .start(SOON)) {
        assertThat(bot.state()).isEqualTo(BotState.READY);
      }
      if (version == 16) {
        teleport.deleteBot("example");
        teleport.addBot("example", "example-role");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "token, " + BY_HTTP,
    "github, " + BY_HTTP,
    "iam, /proto.JoinService/RegisterUsingIAMMethod",
    "tpm, /proto.JoinService/RegisterUsingTPMMethod",
    "bound_keypair, /proto.JoinService/RegisterUsingBoundKeypairMethod"
  })
  void releaseWithoutIt_isJoinedTheOlderWay_andNotAskedAgain(String method, String older) {
    cluster(18);
    teleport.faults().unimplemented(SERVICE);
    try (Bot bot = bot(method(method)).start(SOON)) {
      assertThat(joins(2)).extracting(RecordedRequest::path).containsExactly(JOIN, older);
      assertThat(joins()).first().extracting(RecordedRequest::status).isEqualTo("UNIMPLEMENTED");
      if (method.equals("token")) {
        return;
      }
      renew(bot);
      renew(bot);
      assertThat(joins(5).stream().filter(join -> join.path().equals(JOIN)))
          .as("once at the proxy, and once at the auth service")
          .hasSize(2);
      assertThat(teleport.botInstances("example")).hasSize(1);
    }
  }

  @Test
  void connectionThatIsCutAtOnce_leadsToTheWayByHttp() {
    cluster(18);
    for (String method : List.of("token", "github")) {
      teleport.faults().cutNextJoin(JoinMoment.BEFORE_GREETING);
      bot(method(method)).storage(Destination.memory()).start(SOON).close();
    }
    assertThat(joins(4))
        .extracting(RecordedRequest::path)
        .containsExactlyInAnyOrder(JOIN, BY_HTTP, JOIN, BY_HTTP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"iam", "bound_keypair", "tpm"})
  void connectionThatIsCutAtOnce_isAFailure_whereTheOlderWayIsTheSame(String method) {
    cluster(18);
    teleport.faults().cutNextJoin(JoinMoment.BEFORE_GREETING);

    assertFails(method(method), Reason.UNREACHABLE, "joining at", "the connection broke");
    assertThat(joins(1)).extracting(RecordedRequest::path).containsExactly(JOIN);
  }

  @ParameterizedTest
  @EnumSource(
      value = JoinMoment.class,
      names = {"AFTER_GREETING", "BEFORE_RESULT"})
  void onceASecretMayHaveMoved_noOtherWayIsTried(JoinMoment moment) {
    cluster(18);
    teleport.faults().cutNextJoin(moment);
    assertFails(
        method("token"), Reason.UNREACHABLE, "the cluster has used up the token", "new token");
    teleport.faults().cutNextJoin(moment);
    assertFails(method("bound_keypair"), Reason.UNREACHABLE, "joining at");

    assertThat(joins(2)).extracting(RecordedRequest::path).containsOnly(JOIN).hasSize(2);
  }

  @Test
  void evidenceThatIsGoodForMoreThanOnce_isNotSentAnotherWayEither() {
    cluster(18);
    teleport.faults().cutNextJoin(JoinMoment.AFTER_GREETING);

    assertFails(method("github"), Reason.UNREACHABLE, "the connection broke");
    assertThat(joins(1)).extracting(RecordedRequest::path).containsExactly(JOIN);
  }

  @Test
  void lostJoinState_isAskedForByTheNextJoin_asTheClusterKnowsIt() {
    cluster(18);
    teleport.faults().cutNextJoin(JoinMoment.BEFORE_RESULT);
    assertFails(method("bound_keypair"), Reason.UNREACHABLE, "joining at");

    assertThat(teleport.boundKeypair("bound_keypair-token").recoveryCount()).isEqualTo(1);
    assertThat(storage.list()).as("the key, before it was sent").contains("bkp_key_history.json");
    assertFails(
        method("bound_keypair"),
        Reason.JOIN_DENIED,
        "previous join state is required",
        "bkp_state");
  }

  @Test
  void refusals_areFinal_andSayWhatToDo() {
    cluster(18);
    assertFails(
        JoinMethod.token("no-such-token"),
        Reason.JOIN_DENIED,
        "token expired or not found",
        "make a new one (`tctl bots add`)");
    assertFails(
        github("iam-token"),
        Reason.JOIN_DENIED,
        "client requested join method \"github\" but token only supports \"iam\"",
        "Set join_method to the method of the token resource; this bot used `github`");
    assertFails(
        iam("another"),
        Reason.JOIN_DENIED,
        "SignatureDoesNotMatch",
        "Check the credentials (`aws sts get-caller-identity`)");
    createToken("github", "github: {allow: [{repository: acme/other}]}");
    assertFails(
        method("github"),
        Reason.JOIN_DENIED,
        "did not match any allow rules",
        "Compare the `allow` rules",
        "https://token.actions.githubusercontent.com");
    assertThat(joins(4)).extracting(RecordedRequest::path).containsOnly(JOIN).hasSize(4);
  }

  @Test
  void clusterThatAsksForPatience_isNotAskedAnotherWay() {
    cluster(18);
    try (Bot bot = bot(method("github")).start(SOON)) {
      teleport.faults().rateLimited(1_000, Duration.ofSeconds(30));
      scheduler.advance(bot, Duration.ofMinutes(21));

      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError().orElseThrow().reason()).isEqualTo(Reason.RATE_LIMITED);
      assertThat(joins(2)).extracting(RecordedRequest::path).containsOnly(JOIN);
    }
  }

  @Test
  void botWithoutEvidence_tellsTheClusterThatItGivesUp() {
    cluster(18);
    evidenceGone.set(true);

    assertFails(method("iam"), Reason.EVIDENCE, "its source of evidence failed");
    assertThat(joins(1))
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.path()).isEqualTo(JOIN);
              assertThat(only.status()).as("given up, not gone").isEqualTo("ABORTED");
            });
  }
}
