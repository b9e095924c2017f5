package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.config.BotConfig;
import io.machineid.join.AwsCredentials;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Joining by the method {@code iam}, through the proxy and past it. */
class IamBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Map<String, String> MACHINE =
      Map.of(
          "AWS_ACCESS_KEY_ID", "ASIAEXAMPLE",
          "AWS_SECRET_ACCESS_KEY", "very-secret",
          "AWS_SESSION_TOKEN", "a-session",
          "AWS_REGION", "eu-central-1");

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).authPort().start();
    teleport.addBot("example", "example-role");
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: iam
          allow: [{aws_account: '111111111111', aws_arn: 'arn:aws:sts::111111111111:assumed-role/web/*'}]
        """);
    teleport.addAwsIdentity(
        "ASIAEXAMPLE",
        "very-secret",
        Optional.of("a-session"),
        "111111111111",
        "arn:aws:sts::111111111111:assumed-role/web/i-0123");
    teleport.addAwsIdentity(
        "AKIAOTHER", "other", Optional.empty(), "222222222222", "arn:aws:iam::222222222222:user/x");
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private static JoinMethod method(Map<String, String> environment) {
    return BotConfig.parse(
            """
            version: v2
            proxy_server: teleport.example:443
            onboarding: {join_method: iam, token: example-token}
            """,
            "tbot.yaml")
        .onboarding()
        .method(environment)
        .orElseThrow();
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(method)
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler);
  }

  private void assertDenied(JoinMethod method, String... words) {
    assertThatThrownBy(() -> bot(method).start(SOON))
        .isInstanceOfSatisfying(
            JoinException.class, e -> assertThat(e.reason()).isEqualTo(Reason.JOIN_DENIED))
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain("very-secret", "a-session");
  }

  @Test
  void bot_joinsThroughTheProxy_andAgainWhenItIsDue() {
    try (Bot bot = bot(method(MACHINE)).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().renewable()).isFalse();
      assertThat(teleport.connections())
          .extracting(RecordedConnection::offeredProtocols)
          .contains(List.of("teleport-proxy-grpc", "h2"));
      BotIdentity first = bot.identity();

      scheduler.advance(bot, Duration.ofMinutes(21));
      scheduler.goOn(bot, () -> assertThat(bot.identity().notAfter()).isAfter(first.notAfter()));
      assertThat(bot.state()).isEqualTo(BotState.READY);
    }
  }

  @Test
  void bot_joinsAtTheAuthServer() {
    try (Bot bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .caPins(teleport.caPins())
            .join(method(MACHINE))
            .clock(clock)
            .start(SOON)) {
      assertThat(bot.identity().renewable()).isFalse();
    }
  }

  @Test
  void credentials_areFetchedForEachJoin() {
    AtomicInteger fetched = new AtomicInteger();
    JoinMethod method =
        JoinMethod.iam("example-token")
            .region("us-east-1")
            .source(
                () -> {
                  fetched.incrementAndGet();
                  return AwsCredentials.of("ASIAEXAMPLE", "very-secret", Optional.of("a-session"));
                });
    bot(method).start(SOON).close();
    bot(method).start(SOON).close();
    assertThat(fetched).hasValue(2);
  }

  @Test
  void refusals_sayWhatToDo() {
    assertDenied(
        method(
            Map.of(
                "AWS_ACCESS_KEY_ID",
                "AKIAOTHER",
                "AWS_SECRET_ACCESS_KEY",
                "other",
                "AWS_REGION",
                "us-east-1")),
        "instance arn:aws:iam::222222222222:user/x did not match any allow rules",
        "Compare the `allow` rules of the token resource");
    assertDenied(
        method(
            Map.of(
                "AWS_ACCESS_KEY_ID",
                "ASIAEXAMPLE",
                "AWS_SECRET_ACCESS_KEY",
                "wrong",
                "AWS_REGION",
                "us-east-1")),
        "SignatureDoesNotMatch",
        "Check the credentials (`aws sts get-caller-identity`)");
    assertDenied(
        method(
            Map.of(
                "AWS_ACCESS_KEY_ID",
                "AKIANOBODY",
                "AWS_SECRET_ACCESS_KEY",
                "x",
                "AWS_REGION",
                "us-east-1")),
        "InvalidClientTokenId");
    assertDenied(
        JoinMethod.iam("example-token").environment(MACHINE).region("nowhere"),
        "IAM join request uses unknown STS host \"sts.nowhere.amazonaws.com\"",
        "set AWS_REGION");
    assertDenied(
        JoinMethod.iam("no-such-token").environment(MACHINE),
        "token expired or not found",
        "There is no token resource of the configured name");
  }

  @Test
  void tokenOfAnotherMethod_isNamed() {
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: github-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: github
          github: {allow: [{repository: acme/web}]}
        """);
    assertDenied(
        JoinMethod.iam("github-token").environment(MACHINE),
        "this token does not support the IAM join method",
        "Set join_method to the method of the token resource; this bot used `iam`");
  }
}
