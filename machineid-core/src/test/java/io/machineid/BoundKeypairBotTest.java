package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.config.BotConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.Keypairs;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Joining by the method {@code bound_keypair}: the ways in, and how the cluster counts them; by the
 * join service for all methods, and by the stream that is for this one.
 */
@ParameterizedClass
@ValueSource(strings = {BoundKeypairBotTest.JOIN_SERVICE, BoundKeypairBotTest.OWN_STREAM})
class BoundKeypairBotTest {

  static final String JOIN_SERVICE = "/teleport.join.v1.JoinService/Join";
  static final String OWN_STREAM = "/proto.JoinService/RegisterUsingBoundKeypairMethod";

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration PAST_THE_END = Duration.ofHours(2);
  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final Destination storage = Destination.memory();
  private final String joinCall;
  private TestCluster teleport;
  @TempDir Path dir;

  BoundKeypairBotTest(String joinCall) {
    this.joinCall = joinCall;
  }

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).teleportVersion(18).authPort().start();
    if (joinCall.equals(OWN_STREAM)) {
      teleport.faults().unimplemented("teleport.join.v1.JoinService");
    }
    teleport.addBot("example", "example-role");
  }

  @AfterEach
  void stop() {
    teleport.close();
  }

  private void createToken(String section) {
    teleport.createToken(Keypairs.token("example-token", section));
  }

  private static JoinMethod configured(String keys, Map<String, String> environment) {
    return BotConfig.parse(
            """
            version: v2
            proxy_server: teleport.example:443
            onboarding:
              join_method: bound_keypair
              token: example-token
              bound_keypair: {%s}
            """
                .formatted(keys),
            "tbot.yaml")
        .onboarding()
        .method(environment)
        .orElseThrow();
  }

  private Bot.Builder bot(JoinMethod method, Destination in) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .storage(in)
        .clock(clock)
        .scheduler(scheduler)
        .join(method);
  }

  private Bot.Builder bot() {
    return bot(JoinMethod.boundKeypair("example-token").registrationSecret("open sesame"), storage);
  }

  private void assertFails(Bot.Builder bot, Reason reason, String... words) {
    assertThatThrownBy(() -> bot.start(SOON).close())
        .isInstanceOfSatisfying(JoinException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain("open sesame");
  }

  /** Streams that the client gives up are recorded when that is seen. */
  private List<RecordedRequest> joins(int count) {
    Awaitility.await().atMost(SOON).until(() -> joins().size() >= count);
    return joins();
  }

  private List<RecordedRequest> joins() {
    return teleport.requests().stream().filter(each -> each.path().equals(joinCall)).toList();
  }

  private String stored(String file) {
    return new String(storage.read(file).orElseThrow(), StandardCharsets.UTF_8);
  }

  @Test
  void firstJoin_bindsAKeyOfItsOwn_andKeepsItInTheStorage() {
    createToken("onboarding: {registration_secret: open sesame}");

    try (Bot bot = bot().start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().instanceId())
          .isPresent()
          .isEqualTo(teleport.boundKeypair("example-token").botInstanceId());
    }

    assertThat(teleport.boundKeypair("example-token"))
        .satisfies(
            status -> {
              assertThat(status.recoveryCount()).isEqualTo(1);
              assertThat(status.boundPublicKey().orElseThrow())
                  .startsWith("ssh-ed25519 ")
                  .isEqualTo(stored("id_bkp.pub").strip());
              assertThat(status.lastRotatedAt()).isPresent();
            });
    assertThat(stored("id_bkp")).startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(stored("bkp_state").split("\\.")).hasSize(3);
    assertThat(joins(1)).singleElement().extracting(RecordedRequest::service).isEqualTo("JOINING");
  }

  @Test
  void restart_withAValidIdentity_refreshesAsItself_andCountsNothing() {
    createToken("onboarding: {registration_secret: open sesame}");
    bot().start(SOON).close();
    String instance = teleport.boundKeypair("example-token").botInstanceId().orElseThrow();

    for (int again = 0; again < 2; again++) {
      try (Bot bot = bot().start(SOON)) {
        assertThat(bot.identity().instanceId()).contains(instance);
      }
    }

    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
    assertThat(joins(3))
        .hasSize(3)
        .last()
        .satisfies(
            join -> {
              assertThat(join.service()).isEqualTo("AUTH");
              assertThat(join.user()).contains("bot-example");
            });
  }

  @Test
  void runningBot_refreshesWhenDue() {
    createToken("onboarding: {registration_secret: open sesame}");
    try (Bot bot = bot().start(SOON)) {
      BotIdentity first = bot.identity();
      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(bot, () -> assertThat(bot.identity().notAfter()).isAfter(first.notAfter()));

      assertThat(bot.identity().instanceId()).isEqualTo(first.instanceId());
      assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
      assertThat(joins(2)).last().extracting(RecordedRequest::service).isEqualTo("AUTH");
    }
  }

  @Test
  void endedIdentity_isARecovery_asOftenAsTheTokenAllows() {
    createToken("{onboarding: {registration_secret: open sesame}, recovery: {limit: 2}}");
    bot().start(SOON).close();
    String first = teleport.boundKeypair("example-token").botInstanceId().orElseThrow();

    clock.advance(PAST_THE_END);
    try (Bot bot = bot().start(SOON)) {
      assertThat(bot.identity().instanceId()).isPresent().isNotEqualTo(first);
    }
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(2);
    assertThat(joins(2)).last().extracting(RecordedRequest::service).isEqualTo("JOINING");

    clock.advance(PAST_THE_END);
    assertFails(
        bot(), Reason.JOIN_DENIED, "no recovery attempts remaining", "recovery.limit", "relaxed");

    createToken("{onboarding: {registration_secret: open sesame}, recovery: {mode: relaxed}}");
    bot().start(SOON).close();
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(3);
  }

  @Test
  void keyNamedBeforehand_needsNoSecret() throws Exception {
    createToken("onboarding: {initial_public_key: " + Keypairs.PUBLIC_KEY + " a comment}");
    storage.write(FileSet.builder().addText("id_bkp", Keypairs.PRIVATE_KEY).build());

    bot(JoinMethod.boundKeypair("example-token"), storage).start(SOON).close();
    clock.advance(Duration.ofMinutes(1));
    bot(JoinMethod.boundKeypair("example-token"), storage).start(SOON).close();

    assertThat(teleport.boundKeypair("example-token").boundPublicKey())
        .contains(Keypairs.PUBLIC_KEY);
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
    assertThat(stored("id_bkp")).isEqualTo(Keypairs.PRIVATE_KEY);
  }

  @Test
  void staticKey_withInsecureRecovery_needsNoStorage() throws Exception {
    createToken(
        "{onboarding: {initial_public_key: %s}, recovery: {mode: insecure}}"
            .formatted(Keypairs.PUBLIC_KEY));
    Path file = Files.writeString(dir.resolve("key.pem"), Keypairs.PRIVATE_KEY);
    JoinMethod fromFile = configured("static_private_key_path: " + file, Map.of());
    JoinMethod fromVariable =
        configured(
            "",
            Map.of(
                "TBOT_BOUND_KEYPAIR_STATIC_KEY",
                Base64.getEncoder()
                    .encodeToString(Keypairs.PRIVATE_KEY.getBytes(StandardCharsets.UTF_8))));

    for (JoinMethod method : List.of(fromFile, fromVariable, fromFile)) {
      Destination empty = Destination.memory();
      bot(method, empty).start(SOON).close();
      assertThat(empty.list()).contains("bkp_state").doesNotContain("id_bkp");
    }
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(3);
    assertFails(
        bot(JoinMethod.boundKeypair("example-token"), Destination.memory()),
        Reason.EVIDENCE,
        "bound to another key pair than any in memory");

    createToken(
        "{onboarding: {initial_public_key: %s}, recovery: {mode: insecure}, rotate_after: '%s'}"
            .formatted(Keypairs.PUBLIC_KEY, clock.instant()));
    assertFails(
        bot(fromFile, Destination.memory()),
        Reason.JOIN_DENIED,
        "wants another key pair",
        "rotate_after");
    Files.writeString(file, "no key");
    assertThatThrownBy(() -> bot(fromFile, Destination.memory()).start(SOON))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no private key in it");
    Files.delete(file);
    assertThatThrownBy(() -> bot(fromFile, Destination.memory()).start(SOON))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll("private key file", "key.pem", "cannot be read");
  }

  @Test
  void secret_comesFromTheFileTheVariableOrThePath() throws Exception {
    createToken("onboarding: {}");
    String secret = teleport.boundKeypair("example-token").registrationSecret();
    Path file = Files.writeString(dir.resolve("secret"), secret + "\n");

    assertFails(
        bot(JoinMethod.boundKeypair("example-token").environment(Map.of()), storage),
        Reason.JOIN_DENIED,
        "a valid registration secret is required",
        "status.bound_keypair.registration_secret");
    assertFails(
        bot(
            configured("registration_secret: wrong", Map.of("TBOT_REGISTRATION_SECRET", secret)),
            storage),
        Reason.JOIN_DENIED,
        "a valid registration secret is required");

    bot(configured("", Map.of("TBOT_REGISTRATION_SECRET", secret)), storage).start(SOON).close();
    Files.delete(file);
    // Once it has joined, the secret is not even looked at.
    bot(configured("registration_secret_path: " + file, Map.of()), storage).start(SOON).close();
    assertThatThrownBy(
            () ->
                bot(configured("registration_secret_path: " + file, Map.of()), Destination.memory())
                    .start(SOON))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the registration secret file");
  }

  @Test
  void secretThatCameTooLate_isRefused() {
    createToken(
        "onboarding: {registration_secret: open sesame, must_register_before: '%s'}"
            .formatted(clock.instant().plusSeconds(60)));
    clock.advance(Duration.ofMinutes(2));

    assertFails(bot(), Reason.JOIN_DENIED, "a valid registration secret", "must_register_before");
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isZero();
  }

  @Test
  void rotation_bindsANewKey_andKeepsTheOldOne() {
    createToken("onboarding: {registration_secret: open sesame}");
    bot().start(SOON).close();
    String before = stored("id_bkp.pub");
    String oldKey = stored("id_bkp");
    clock.advance(Duration.ofMinutes(5));
    createToken(
        "{onboarding: {registration_secret: open sesame}, rotate_after: '%s'}"
            .formatted(clock.instant()));
    clock.advance(Duration.ofMinutes(1));

    bot().start(SOON).close();
    String after = stored("id_bkp.pub");
    assertThat(after).isNotEqualTo(before);
    assertThat(teleport.boundKeypair("example-token").boundPublicKey()).contains(after.strip());
    assertThat(stored("bkp_key_history.json")).contains("\"entries\":[").contains("\"time\":");

    bot().start(SOON).close();
    assertThat(stored("id_bkp.pub")).as("once is enough").isEqualTo(after);

    // As a crash would leave it that came after the state and the history were written.
    storage.write(
        FileSet.builder().addText("id_bkp", oldKey).addText("id_bkp.pub", before).build());
    bot().start(SOON).close();
    assertThat(stored("id_bkp.pub")).isEqualTo(after);
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
  }

  @Test
  void authServer_isJoinedDirectlyToo() {
    createToken("onboarding: {registration_secret: open sesame}");
    for (int again = 0; again < 2; again++) {
      Bot.builder()
          .authServer(teleport.authAddress())
          .caPins(teleport.caPins())
          .storage(storage)
          .clock(clock)
          .join(JoinMethod.boundKeypair("example-token").registrationSecret("open sesame"))
          .start(SOON)
          .close();
    }
    assertThat(joins(2)).extracting(RecordedRequest::service).containsOnly("AUTH");
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17})
  void olderClusters_doNotKnowIt(int version) {
    try (TestCluster older = TestCluster.builder().teleportVersion(version).start()) {
      assertThatThrownBy(
              () ->
                  Bot.builder()
                      .proxy(older.proxyAddress())
                      .webRoots(List.of(older.webAuthority()))
                      .join(JoinMethod.boundKeypair("example-token").registrationSecret("a"))
                      .start(SOON))
          .isInstanceOf(JoinException.class)
          .hasMessageContaining("does not take joins by the method `bound_keypair`");
    }
  }

  @Test
  void tokenOfAnotherName_orMethod_isNamed() {
    assertFails(bot(), Reason.JOIN_DENIED, "expired or not found", "tctl get tokens");
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
    assertFails(
        bot(),
        Reason.JOIN_DENIED,
        joinCall.equals(OWN_STREAM)
            ? "does not support the bound keypair"
            : "requested join method \"bound_keypair\" but token only supports \"github\"",
        "Set join_method");
  }
}
