package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.Memory;
import io.machineid.config.OutputConfig.Identity;
import io.machineid.config.OutputConfig.Kubernetes;
import io.machineid.config.OutputConfig.KubernetesV2;
import io.machineid.destination.AccessList;
import io.machineid.join.TpmJoin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigOverridesTest {

  private static final String PIN = "sha256:" + "0123456789abcdef".repeat(4);

  private static final String FILE =
      """
      version: v2
      auth_server: auth.example:3025
      onboarding:
        join_method: token
        token: from-the-file
        ca_path: /ca.pem
      storage: {type: directory, path: /bot}
      certificate_ttl: 1h
      services:
      - {type: identity, destination: {type: directory, path: /one}}
      outputs:
      - {type: identity, destination: {type: directory, path: /two}}
      """;

  private static ConfigOverrides.Builder with(Setting setting, String... texts) {
    return ConfigOverrides.builder().set(setting, texts);
  }

  private static LoadedConfig over(ConfigOverrides.Builder overrides) {
    return overrides.build().parse(FILE, "tbot.yaml");
  }

  @Test
  void parse_noOverrides_isTheFile() {
    LoadedConfig loaded = ConfigOverrides.none().parse(FILE, "tbot.yaml");

    assertThat(loaded.config()).isEqualTo(BotConfig.parse(FILE, "x"));
    assertThat(loaded.notices()).isEmpty();
  }

  static Stream<Arguments> single() {
    return Stream.of(
        Arguments.of(
            with(Setting.PROXY_SERVER, "a.example:443"),
            value(c -> c.server()),
            new ServerAddress(ServerAddress.Kind.PROXY, "a.example:443")),
        Arguments.of(
            with(Setting.AUTH_SERVER, "b.example:3025"),
            value(c -> c.server()),
            new ServerAddress(ServerAddress.Kind.AUTH, "b.example:3025")),
        Arguments.of(with(Setting.STORAGE, "memory://"), value(c -> c.storage()), new Memory()),
        Arguments.of(
            with(Setting.STORAGE, "file:///x"),
            value(c -> c.storage()),
            new Directory(Path.of("/x"))),
        Arguments.of(
            with(Setting.STORAGE, "./x"), value(c -> c.storage()), new Directory(Path.of("./x"))),
        Arguments.of(
            with(Setting.CREDENTIAL_TTL, "2h"),
            value(c -> c.lifetime().ttl()),
            Duration.ofHours(2)),
        Arguments.of(
            with(Setting.RENEWAL_INTERVAL, "5m"),
            value(c -> c.lifetime().renewalInterval()),
            Duration.ofMinutes(5)),
        Arguments.of(
            with(Setting.DIAG_ADDR, ":3001"), value(c -> c.diagAddr()), Optional.of(":3001")),
        Arguments.of(with(Setting.ONESHOT, "true"), value(c -> c.oneshot()), true),
        Arguments.of(with(Setting.FIPS, "true"), value(c -> c.fips()), true),
        Arguments.of(with(Setting.DEBUG, "true"), value(c -> c.debug()), true),
        Arguments.of(
            with(Setting.DESTINATION_DIR, "/out"),
            value(c -> c.outputs()),
            List.of(
                new Identity(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    true,
                    false,
                    new Directory(Path.of("/out")),
                    Optional.empty()))));
  }

  private interface Value {
    Object of(BotConfig config);
  }

  private static Value value(Value value) {
    return value;
  }

  @ParameterizedTest
  @MethodSource("single")
  void parse_oneOverride_countsInsteadOfTheFile(
      ConfigOverrides.Builder overrides, Value value, Object expected) {
    assertThat(value.of(over(overrides).config()))
        .isEqualTo(expected)
        .isNotEqualTo(value.of(BotConfig.parse(FILE, "x")));
  }

  @Test
  void parse_joiningFlags_replaceAllOfOnboarding() {
    LoadedConfig loaded =
        over(
            with(Setting.TOKEN, "from-a-flag")
                .set(Setting.JOIN_METHOD, "token")
                .set(Setting.CA_PIN, PIN, PIN));

    OnboardingConfig onboarding = loaded.config().onboarding();
    assertThat(onboarding.join())
        .isEqualTo(new JoinConfig.Token(Optional.of(JoinToken.of("from-a-flag"))));
    assertThat(onboarding.caPins()).containsExactly(PIN, PIN);
    assertThat(onboarding.caPath()).isEmpty();
    assertThat(loaded.notices()).containsExactly("--token replaces `onboarding` of tbot.yaml:3:1");
  }

  @Test
  void parse_joinUri_replacesAddressAndOnboarding() {
    BotConfig config =
        over(with(Setting.JOIN_URI, "tbot+proxy+bound-keypair://bot:s%2Fx@p.example:443")).config();

    assertThat(config.server())
        .isEqualTo(new ServerAddress(ServerAddress.Kind.PROXY, "p.example:443"));
    assertThat(config.onboarding().join())
        .isEqualTo(
            new JoinConfig.BoundKeypair(
                JoinToken.of("bot"),
                Optional.of(SecretText.of("s/x")),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void parse_replacedKeys_areNoticed() {
    assertThat(
            over(with(Setting.PROXY_SERVER, "a:1")
                    .set(Setting.CREDENTIAL_TTL, "2h")
                    .set(Setting.DESTINATION_DIR, "/out")
                    .set(Setting.DEBUG, "true"))
                .notices())
        .containsExactly(
            "--proxy-server replaces `auth_server` of tbot.yaml:2:1",
            "--credential-ttl replaces `certificate_ttl` of tbot.yaml:8:1",
            "--destination-dir replaces `services` of tbot.yaml:9:1",
            "--destination-dir replaces `outputs` of tbot.yaml:11:1");
  }

  @Test
  void parse_addedOutputs_comeLast() {
    List<OutputConfig> outputs =
        over(ConfigOverrides.builder()
                .kubernetesOutput("one", FlagPlace.of("/k"), false)
                .kubernetesV2Output(
                    List.of("n"), List.of("a=b, c="), FlagPlace.of("memory://"), true))
            .config()
            .outputs();

    assertThat(outputs).hasSize(4);
    assertThat(outputs.get(2))
        .isEqualTo(
            new Kubernetes(
                Optional.empty(),
                "one",
                List.of(),
                false,
                new Directory(Path.of("/k")),
                Optional.empty()));
    assertThat(((KubernetesV2) outputs.get(3)).selectors())
        .containsExactly(
            KubernetesSelector.named("n"), KubernetesSelector.labelled(Map.of("a", "b", "c", "")));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(
            with(Setting.PROXY_SERVER, "https://a"),
            "--proxy-server: `proxy_server` must be host:port, such as example.com:443, without"
                + " https:// and path, is `https://a`"),
        Arguments.of(
            with(Setting.PROXY_SERVER, "a:1").set(Setting.AUTH_SERVER, "b:2"),
            "--auth-server: and --proxy-server are both given, and both are addresses; keep one"),
        Arguments.of(
            with(Setting.TOKEN, "very-secret"),
            "--token: stands for all of `onboarding` (tbot.yaml:4:3), so the join method must be"
                + " given with it: --join-method"),
        Arguments.of(
            with(Setting.JOIN_METHOD, "iam"), "--join-method: `onboarding.token` is missing"),
        Arguments.of(
            with(Setting.TOKEN, "very-secret")
                .set(Setting.JOIN_METHOD, "token")
                .set(Setting.CA_PIN, "sha256:1"),
            "--ca-pin: `onboarding.ca_pins[0]` must be `sha256:` and 64 hexadecimal digits"),
        Arguments.of(
            with(Setting.TOKEN, "a")
                .set(Setting.JOIN_METHOD, "token")
                .set(Setting.REGISTRATION_SECRET, "very-secret"),
            "--registration-secret: `bound_keypair` in onboarding belongs to"),
        Arguments.of(
            with(Setting.JOIN_URI, "tbot+proxy+token:very-secret@a:1"),
            "--join-uri: `join_uri` must be tbot+proxy+METHOD://TOKEN@HOST:PORT"),
        Arguments.of(
            with(Setting.JOIN_URI, "tbot+proxy+token://very-secret:more@a:1"),
            "--join-uri: `join_uri` has a parameter after the token, but the join method takes none"),
        Arguments.of(
            with(Setting.JOIN_URI, "tbot+proxy+token://very-secret%zz@a:1"),
            "--join-uri: `join_uri` has a `%` that begins no encoded character"),
        Arguments.of(
            with(Setting.JOIN_URI, "tbot+proxy+token://x@a:1").set(Setting.TOKEN, "y"),
            "--token: `onboarding.token` is in `join_uri` already; remove it"),
        Arguments.of(
            with(Setting.STORAGE, "s3://x"),
            "--storage: must be a path, file://PATH or memory://, is `s3://x`"),
        Arguments.of(with(Setting.STORAGE, "file://"), "--storage: `storage.path` is missing"),
        Arguments.of(
            with(Setting.CREDENTIAL_TTL, "1"),
            "--credential-ttl: `credential_ttl` must be a positive duration"),
        Arguments.of(
            with(Setting.RENEWAL_INTERVAL, "-1m"),
            "--renewal-interval: `renewal_interval` must be a positive duration"),
        Arguments.of(with(Setting.DIAG_ADDR, "x"), "--diag-addr: `diag_addr` must be host:port"),
        Arguments.of(
            with(Setting.DESTINATION_DIR, "/bot"),
            "--destination-dir: `outputs[0]` and `storage` have the same directory /bot"),
        Arguments.of(with(Setting.ONESHOT, "x"), "--oneshot: `oneshot` must be true or false"),
        Arguments.of(
            with(Setting.INSECURE, "true"),
            "tbot.yaml:6:12: `ca_path` contradicts `insecure: true`"),
        Arguments.of(
            ConfigOverrides.builder().kubernetesOutput("", FlagPlace.of("/x"), false),
            "--kubernetes-cluster: `outputs[1].kubernetes_cluster` is missing"),
        Arguments.of(
            ConfigOverrides.builder()
                .kubernetesV2Output(List.of(), List.of(), FlagPlace.of("/x"), false),
            "kubernetes/v2: `outputs[1].selectors` is missing"),
        Arguments.of(
            ConfigOverrides.builder()
                .identityOutput(new FlagPlace("/x", List.of("a b"), List.of()), null, false),
            "--reader-user: "));
  }

  @Test
  void parse_addedIdentity_hasWhatItsFlagsSay() {
    FlagPlace place = new FlagPlace("file:///id", List.of("web", "1001"), List.of("ops"));

    Identity identity =
        (Identity)
            over(ConfigOverrides.builder().identityOutput(place, "leaf", true))
                .config()
                .outputs()
                .get(2);

    assertThat(identity.cluster()).contains("leaf");
    assertThat(identity.allowReissue()).isTrue();
    Directory directory = (Directory) identity.destination();
    assertThat(directory.path()).isEqualTo(Path.of("/id"));
    assertThat(directory.readers())
        .extracting(AclReader::toReader)
        .containsExactly(
            new AccessList.Reader(AccessList.Kind.USER, "web"),
            new AccessList.Reader(AccessList.Kind.USER, "1001"),
            new AccessList.Reader(AccessList.Kind.GROUP, "ops"));
  }

  @Test
  void parse_filesOfABoundKeypair_areThoseOfOnboarding() {
    ConfigOverrides.Builder joining =
        with(Setting.TOKEN, "bot").set(Setting.JOIN_METHOD, "bound_keypair");

    assertThat(over(joining.set(Setting.REGISTRATION_SECRET_PATH, "/s")).config())
        .extracting(config -> config.onboarding().join())
        .isEqualTo(
            new JoinConfig.BoundKeypair(
                JoinToken.of("bot"),
                Optional.empty(),
                Optional.of(Path.of("/s")),
                Optional.empty()));
    assertThatThrownBy(() -> over(joining.set(Setting.STATIC_KEY_PATH, "/k")))
        .hasMessageContaining("static_private_key_path");
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void parse_wrongOverride_isNamedInTheError(ConfigOverrides.Builder overrides, String message) {
    assertThatThrownBy(() -> over(overrides))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message)
        .message()
        .doesNotContain("very-secret");
  }

  @Test
  void readers_ofNoDirectory_areRefused() {
    FlagPlace place = new FlagPlace("memory://", List.of(), List.of("ops"));

    assertThatThrownBy(() -> ConfigOverrides.builder().identityOutput(place, null, false))
        .isInstanceOf(ConfigException.class)
        .hasMessage("--reader-group: is for a directory, and the destination is memory://");
  }

  @Test
  void labelSelector_wrongForm_isRefused() {
    for (String labels : List.of("", "a", "=b", "a=b,")) {
      assertThatThrownBy(
              () ->
                  ConfigOverrides.builder()
                      .kubernetesV2Output(List.of(), List.of(labels), FlagPlace.of("/x"), false))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("--label-selector: must be key=value");
    }
    assertThatThrownBy(
            () ->
                ConfigOverrides.builder()
                    .kubernetesV2Output(List.of(), List.of("a=b,a=c"), FlagPlace.of("/x"), false))
        .hasMessage("--label-selector: has the label `a` twice");
  }

  @Test
  void alone_withoutAFile_needsWhatAFileNeeds() {
    assertThatThrownBy(() -> ConfigOverrides.none().alone(false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("neither `proxy_server` nor `auth_server` is given");

    BotConfig config =
        with(Setting.PROXY_SERVER, "a:1")
            .set(Setting.TOKEN, "t")
            .set(Setting.JOIN_METHOD, "token")
            .build()
            .alone(false)
            .config();
    assertThat(config)
        .isEqualTo(
            BotConfig.parse(
                "version: v2\nproxy_server: a:1\nonboarding: {join_method: token, token: t}\n",
                "x"));
  }

  @Test
  void load_missingToken_dependsOnTheStorageDirectory(@TempDir Path dir) throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("tbot.yaml"),
            "version: v2\nproxy_server: a:1\nonboarding: {join_method: token}\n");
    ConfigOverrides overrides = with(Setting.STORAGE, dir.toString()).build();

    assertThatThrownBy(() -> overrides.load(file))
        .hasMessageContaining("the storage directory " + dir + " holds no identity");
    Files.createFile(dir.resolve("tlscert"));
    assertThat(overrides.load(file).config().onboarding().method()).isEmpty();
  }

  @Test
  void over_flagsAndVariables_theFlagWinsAndHidesOtherAddresses() {
    ConfigOverrides variables =
        ConfigOverrides.builder()
            .setFrom("variable", Setting.PROXY_SERVER, "variable:1")
            .setFrom("variable", Setting.TOKEN, "t")
            .setFrom("variable", Setting.DEBUG, "true")
            .build();

    BotConfig flags =
        with(Setting.AUTH_SERVER, "flag:2")
            .set(Setting.JOIN_METHOD, "token")
            .set(Setting.CA_PIN, PIN)
            .build()
            .over(variables)
            .alone(false)
            .config();
    assertThat(flags.server()).isEqualTo(new ServerAddress(ServerAddress.Kind.AUTH, "flag:2"));
    assertThat(flags.onboarding().join().token()).contains(JoinToken.of("t"));
    assertThat(flags.debug()).isTrue();

    BotConfig uri =
        with(Setting.JOIN_URI, "tbot+proxy+iam://name@uri:3")
            .build()
            .over(variables)
            .alone(false)
            .config();
    assertThat(uri.server().address()).isEqualTo("uri:3");
    assertThat(uri.onboarding().join())
        .isEqualTo(new JoinConfig.Ambient("iam", JoinToken.of("name")));
  }

  @Test
  void parse_joinUriOfATpm_isReadAsTheMethod() {
    BotConfig config = over(with(Setting.JOIN_URI, "tbot+proxy+tpm://name@a.example:3")).config();

    assertThat(config.onboarding().join())
        .isEqualTo(new JoinConfig.Ambient("tpm", JoinToken.of("name")));
    assertThat(config.onboarding().method()).containsInstanceOf(TpmJoin.class);
  }

  @Test
  void set_twoValuesWhereOneGoes_isRefused() {
    assertThatThrownBy(() -> with(Setting.TOKEN, "a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--token takes one value");
  }
}
