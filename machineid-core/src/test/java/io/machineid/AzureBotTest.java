package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.config.BotConfig;
import io.machineid.join.AzureEvidence;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestPlatform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Joining by the method {@code azure}, with a made-up Azure. */
class AzureBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestPlatform platform = TestPlatform.start();
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().authPort().start();
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

  private static JoinMethod method(String more, Map<String, String> environment) {
    return BotConfig.parse(
            """
            version: v2
            proxy_server: teleport.example:443
            onboarding:
              join_method: azure
              token: example-token
            %s
            """
                .formatted(more),
            "tbot.yaml")
        .onboarding()
        .method(environment)
        .orElseThrow();
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(method)
        .webRoots(List.of(teleport.webAuthority()));
  }

  private void assertFails(JoinMethod method, Reason reason, String... words) {
    assertThatThrownBy(() -> bot(method).start(SOON))
        .isInstanceOfSatisfying(JoinException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
  }

  @Test
  void bot_joinsWithTheDocumentOfItsMachine() {
    Map<String, String> machine = platform.azure(teleport.azure(), "sub-1", "web", "vm-1");

    try (Bot bot = bot(method("", machine)).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().renewable()).isFalse();
    }
    assertThat(platform.requests())
        .hasSize(3)
        .element(1)
        .asString()
        .startsWith("GET /metadata/attested/document?api-version=2021-12-13&format=json&nonce=");

    bot(method("  azure: {client_id: me}", machine)).start(SOON).close();
    assertThat(platform.requests())
        .last()
        .asString()
        .isEqualTo(
            "GET /metadata/identity/oauth2/token?api-version=2021-12-13"
                + "&resource=https%3A%2F%2Fmanagement.azure.com%2F&client_id=me");
    try (Bot bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .caPins(teleport.caPins())
            .join(method("", machine))
            .start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
    }
  }

  @Test
  void refusals_sayWhatToDo() {
    assertFails(
        method("", platform.azure(teleport.azure(), "sub-1", "other", "vm-1")),
        Reason.JOIN_DENIED,
        "instance did not match any allow rules in token example-token",
        "Compare the `allow` rules");
    assertFails(
        method("", platform.azure(teleport.azure(), "sub-2", "web", "vm-1")),
        Reason.JOIN_DENIED,
        "did not match any allow rules");
    assertFails(
        JoinMethod.azure("example-token")
            .source(challenge -> AzureEvidence.of("{\"encoding\":\"pkcs7\"}", "a.b.c")),
        Reason.JOIN_DENIED,
        "failed to verify the attested data's signature",
        "Check that the managed identity may read its machine");
  }

  @Test
  void troublesOfTheMetadataService_areTold() {
    Map<String, String> machine = platform.azure(teleport.azure(), "sub-1", "web", "vm-1");
    platform.answer(200, "{\"apiVersions\":[\"2018-02-01\"]}");
    assertFails(
        method("", machine), Reason.EVIDENCE, "metadata service of this machine is older than");
    platform.answer(404, "{}");
    assertFails(
        method("", machine), Reason.EVIDENCE, "the metadata service of Azure", "status 404");
    platform.answer(200, "a".repeat(300_000));
    assertFails(method("", machine), Reason.EVIDENCE, "answered more than 256 KiB");
    platform.close();
    assertFails(method("", machine), Reason.EVIDENCE, "does not answer");
  }
}
