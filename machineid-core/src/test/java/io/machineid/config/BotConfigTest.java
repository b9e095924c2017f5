package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.destination.SymlinkMode;
import io.machineid.join.TokenJoin;
import io.machineid.join.TpmJoin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BotConfigTest {

  private static final String MINIMAL =
      """
      version: v2
      proxy_server: teleport.example.com:443
      onboarding:
        join_method: token
        token: abc
      """;

  private static final String FULL =
      """
      version: v2
      auth_server: auth.example.com:3025
      onboarding:
        join_method: token
        token: "0123"
        ca_pins:
          - sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      storage:
        type: directory
        path: /srv/bot
        symlinks: secure
        acls: "off"
      certificate_ttl: 1h30m
      renewal_interval: 15m
      oneshot: true
      debug: yes
      outputs:
        - type: kubernetes
          kubernetes_cluster: one
          roles: [a, b]
          disable_exec_plugin: true
          destination: {type: memory}
        - type: kubernetes
          kubernetes_cluster: 42
          destination:
            type: directory
            path: /opt/machine-id
            symlinks: insecure
            acls: try
      """;

  @Test
  void parse_minimalFile_givesDefaults() {
    BotConfig config = BotConfig.parse(MINIMAL, "tbot.yaml");

    assertThat(config.server())
        .isEqualTo(new ServerAddress(ServerAddress.Kind.PROXY, "teleport.example.com:443"));
    assertThat(config.storage())
        .isEqualTo(
            new Directory(
                Path.of("/var/lib/teleport/bot"), SymlinkMode.TRY_SECURE, AclMode.TRY, List.of()));
    assertThat(config.lifetime().ttl()).isEqualTo(Duration.ofHours(1));
    assertThat(config.lifetime().renewalInterval()).isEqualTo(Duration.ofMinutes(20));
    assertThat(config.oneshot()).isFalse();
    assertThat(config.insecure()).isFalse();
    assertThat(config.debug()).isFalse();
    assertThat(config.outputs()).isEmpty();
    assertThat(config.onboarding().caPins()).isEmpty();
    assertThat(config.onboarding().caPath()).isEmpty();
  }

  @Test
  void parse_fullFile_readsEveryKey() {
    BotConfig config = BotConfig.parse(FULL, "tbot.yaml");

    assertThat(config.server().kind()).isEqualTo(ServerAddress.Kind.AUTH);
    assertThat(config.onboarding().join().token()).contains(JoinToken.of("0123"));
    assertThat(config.onboarding().caPins()).singleElement().asString().startsWith("sha256:0123");
    assertThat(config.storage())
        .isEqualTo(new Directory(Path.of("/srv/bot"), SymlinkMode.SECURE, AclMode.OFF, List.of()));
    assertThat(config.lifetime().ttl()).isEqualTo(Duration.ofMinutes(90));
    assertThat(config.lifetime().renewalInterval()).isEqualTo(Duration.ofMinutes(15));
    assertThat(config.oneshot()).isTrue();
    assertThat(config.debug()).isTrue();
    assertThat(config.outputs())
        .containsExactly(
            new Kubernetes(
                Optional.empty(), "one", List.of("a", "b"), true, new Memory(), Optional.empty()),
            new Kubernetes(
                Optional.empty(),
                "42",
                List.of(),
                false,
                new Directory(
                    Path.of("/opt/machine-id"), SymlinkMode.INSECURE, AclMode.TRY, List.of()),
                Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {MINIMAL, FULL})
  void toYaml_parsedAgain_isEqual(String yaml) {
    BotConfig config = BotConfig.parse(yaml, "tbot.yaml");

    assertThat(BotConfig.parse(config.toYaml(), "again")).isEqualTo(config);
  }

  @Test
  void parse_anchorsAndMergeKeys_areFollowed() {
    String yaml =
        MINIMAL
            + """
            outputs:
              - &base
                type: kubernetes
                kubernetes_cluster: one
                roles: &roles [a]
                destination: {type: directory, path: /a}
              - <<: *base
                kubernetes_cluster: two
                roles: *roles
                destination: {type: directory, path: /b}
            """;

    assertThat(BotConfig.parse(yaml, "tbot.yaml").outputs())
        .extracting(output -> ((Kubernetes) output).kubernetesCluster())
        .containsExactly("one", "two");
  }

  @Test
  void parse_unservedKeysThatSayNothing_pass() {
    String yaml = MINIMAL + "fips: false\nservices: []\ndiag_addr:\nstorage:\noutputs: []\n";

    assertThat(BotConfig.parse(yaml, "tbot.yaml")).isEqualTo(BotConfig.parse(MINIMAL, "x"));
  }

  @Test
  void method_absolutePath_readsTheFileWhenJoining(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("token");
    JoinToken token = JoinToken.of(file.toString());
    TokenJoin method = (TokenJoin) token.method();

    Files.writeString(file, "secret-token\n");

    assertThat(token.file()).isEqualTo(Optional.of(file));
    assertThat(method.exposeToken()).isEqualTo("secret-token");
    assertThat(((TokenJoin) JoinToken.of("abc").method()).exposeToken()).isEqualTo("abc");
  }

  @Test
  void method_tpm_takesTheNameOfItsTokenOrAFile(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("name"), "in-a-file\n");
    for (String token : List.of("example-token", file.toString())) {
      String yaml = MINIMAL.replace("join_method: token", "join_method: tpm").replace("abc", token);
      assertThat(BotConfig.parse(yaml, "tbot.yaml").onboarding().method().orElseThrow())
          .isInstanceOfSatisfying(
              TpmJoin.class,
              tpm -> {
                assertThat(tpm.name()).isEqualTo("tpm");
                assertThat(tpm.exposeToken())
                    .isEqualTo(token.startsWith("/") ? "in-a-file" : "example-token");
              });
    }
  }

  @Test
  void toString_ofAConfig_hasNoToken() {
    String yaml = MINIMAL.replace("abc", "very-secret");

    assertThat(BotConfig.parse(yaml, "tbot.yaml").toString()).doesNotContain("very-secret");
  }

  @Test
  void load_byteOrderMark_isSkipped(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("tbot.yaml"), "\uFEFF" + MINIMAL);

    assertThat(BotConfig.load(file)).isEqualTo(BotConfig.parse(MINIMAL, "x"));
  }

  @ParameterizedTest
  @CsvSource({
    "20m, PT20M",
    "1h30m, PT1H30M",
    "1.5h, PT1H30M",
    "300ms, PT0.3S",
    "90s, PT1M30S",
    "1us, PT0.000001S",
    "1h1m1s1ms, PT1H1M1.001S",
    "+5m, PT5M",
    ".5s, PT0.5S"
  })
  void duration_goSpelling_isRead(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).contains(expected);
    assertThat(GoDuration.parse(GoDuration.format(expected))).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sixty", "20", "1d", "1h 30m", "h", "1e3s", "99999999999h", "--1s", "1h30"})
  void duration_otherSpelling_isNone(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }
}
