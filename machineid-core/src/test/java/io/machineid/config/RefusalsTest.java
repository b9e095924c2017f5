package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What contradicts itself, what is known and not served, and what is of an older version. */
class RefusalsTest {

  private static final String HEAD = "version: v2\nproxy_server: a.example:443\n";
  private static final String JOIN = "onboarding: {join_method: token, token: abc}\n";
  private static final String VALID = HEAD + JOIN;
  private static final String DELEGATED =
      HEAD + "onboarding:\n  join_method: %s\n  token: very-secret\n";
  private static final String AT_OUT = "destination: {type: directory, path: /out}";

  static Stream<Arguments> contradictions() {
    String two = "%s:\n- type: identity\n  name: one\n  destination: {type: memory}\n";
    return Stream.of(
        wrong(
            VALID + "credential_ttl: 1h\ncertificate_ttl: 1h\n",
            ":5:18: `certificate_ttl` is the old name of `credential_ttl`, and both are given"),
        wrong(
            VALID + "outputs:\n- type: identity\n  credential_ttl: 1h\n  " + AT_OUT + "\n",
            ":6:19: `outputs[0].credential_ttl` needs `renewal_interval` beside it"),
        wrong(
            VALID + "outputs:\n- type: identity\n  renewal_interval: 1h\n  " + AT_OUT + "\n",
            ":6:21: `outputs[0].renewal_interval` needs `credential_ttl` beside it"),
        wrong(
            VALID
                + "outputs:\n- type: identity\n  credential_ttl: 1s\n  renewal_interval: 1s\n  "
                + AT_OUT
                + "\n",
            ":6:19: `outputs[0].credential_ttl` must be at least 1m, is 1s"),
        wrong(
            VALID + "outputs:\n- type: identity\n  certificate_ttl: 1h\n",
            ":6:3: `certificate_ttl` in outputs[0] is called `credential_ttl` in an output"),
        wrong(
            VALID + two.formatted("services") + two.formatted("outputs"),
            ":10:9: `outputs[0].name` is `one`, as that of `services[0]`; change one"),
        wrong(
            VALID
                + "services: [{type: identity, "
                + AT_OUT
                + "}]\noutputs: [{type: identity, "
                + AT_OUT
                + "}]\n",
            "`outputs[0]` and `services[0]` have the same directory /out; give each its own"),
        wrong(
            VALID
                + "storage: {type: kubernetes_secret, name: bot}\noutputs:\n- type: identity\n"
                + "  destination: {type: kubernetes_secret, name: bot}\n",
            ":7:48: `outputs[0]` and `storage` have the same secret bot; give each its own"),
        wrong(
            VALID
                + "storage:\n  type: directory\n  path: /x\n  acls: off\n  readers: [{user: a}]\n",
            ":8:12: `storage.readers` contradicts `acls: off`"),
        wrong(
            VALID + "storage:\n  type: directory\n  path: /x\n  readers: [{user: ' '}]\n",
            ":7:20: `storage.readers[0].user` is blank"),
        wrong(
            VALID + "storage: {type: kubernetes_secret}\n",
            "`storage.name` is missing; give it, for instance `name: my-bot`"),
        wrong(
            VALID + "storage: {type: kubernetes_secret, name: Bot}\n",
            "`storage.name` must be a Kubernetes name: small letters, digits and `-`, is `Bot`"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/v2\n  " + AT_OUT + "\n",
            ":5:3: `outputs[0].selectors` is missing; give one at least"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/argo-cd\n  selectors: []\n",
            ":6:14: `outputs[0].selectors` is missing; give one at least"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/v2\n  selectors: [{name: a, labels: {b: c}}]\n",
            ":6:33: `outputs[0].selectors[0].labels` and `name` are both given"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/v2\n  selectors: [{labels: {}}]\n",
            ":6:15: `outputs[0].selectors[0]` selects nothing; give it either `name` or `labels`"),
        wrong(
            VALID + "outputs:\n- type: kubernetes\n  selectors: []\n",
            ":6:3: `selectors` in outputs[0] is no key of `type: kubernetes`, but of"
                + " `type: kubernetes/v2`"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/v2\n  roles: [a]\n",
            ":6:3: `roles` in outputs[0] is no key of `type: kubernetes/v2`, but of"
                + " `type: kubernetes`"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/v2\n  default_namespace: a\n",
            "`default_namespace` in outputs[0] goes into an entry of `selectors`"),
        wrong(
            VALID + "outputs:\n- type: kubernetes/argo-cd\n  " + AT_OUT + "\n",
            "`destination` in outputs[0] is no key of `type: kubernetes/argo-cd`"),
        wrong(
            VALID + "outputs:\n- type: kubernets\n",
            ":5:9: `outputs[0].type` is `kubernets`; did you mean `kubernetes`? Allowed:"
                + " kubernetes, kubernetes/v2, kubernetes/argo-cd, identity"),
        wrong(
            HEAD + "onboarding:\n  join_method: tokne\n",
            ":4:16: unknown join method `tokne`; did you mean `token`? Teleport knows azure,"),
        wrong(
            HEAD + "onboarding: {join_method: ec2, token: a}\n",
            "`onboarding.join_method` is `ec2`, by which hosts join, but no bot"),
        wrong(
            HEAD + "onboarding:\n  join_method: iam\n",
            ":4:3: `onboarding.token` is missing; for `join_method: iam` it is the name"),
        wrong(
            DELEGATED.formatted("iam") + "  azure: {client_id: a}\n",
            ":6:3: `azure` in onboarding belongs to `join_method: azure`, this is"
                + " `join_method: iam`"),
        wrong(
            DELEGATED.formatted("azure") + "  azure: {clientid: a}\n",
            ":6:11: unknown key `clientid` in onboarding.azure; did you mean `client_id`?"),
        wrong(
            DELEGATED.formatted("bound_keypair")
                + "  bound_keypair: {registration_secret: very-secret, static_private_key_path: /k}\n",
            ":6:78: `onboarding.bound_keypair.static_private_key_path` and `registration_secret`"
                + " are both given"),
        wrong(
            DELEGATED.formatted("generic_oidc"),
            ":4:3: `onboarding.generic_oidc` is missing; it holds `env` or `command`"),
        wrong(
            DELEGATED.formatted("generic_oidc") + "  generic_oidc: {env: A, command: [b]}\n",
            "`onboarding.generic_oidc` must have one of `env` and `command`"),
        wrong(
            DELEGATED.formatted("generic_oidc") + "  generic_oidc: {env: A, timeout: 1s}\n",
            "`onboarding.generic_oidc.timeout` is for a `command`"));
  }

  private static Arguments wrong(String yaml, String message) {
    return Arguments.of(yaml, message);
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void parse_contradiction_isToldWithItsPlace(String yaml, String message) {
    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("tbot.yaml:")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("very-secret");
  }

  static List<String> unservedTypes() {
    return Unserved.outputTypes();
  }

  @ParameterizedTest
  @MethodSource("unservedTypes")
  void parse_typeThatOnlyTbotServes_isRefusedByName(String type) {
    for (String list : List.of("services", "outputs")) {
      String yaml = VALID + list + ":\n- type: " + type + "\n  anything: 1\n";
      assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("tbot.yaml:5:9: type `" + type + "` is for ")
          .hasMessageContaining("remove `" + list + "[0]`, or leave it to tbot")
          .hasMessageEndingWith("kubernetes, kubernetes/v2, kubernetes/argo-cd, identity");
    }
  }

  @Test
  void parse_secretInPlaceOfTheJoinMethod_isNotShown() {
    String yaml = HEAD + "onboarding: {join_method: 66deb94d304451718f2fc098d95936c5}\n";

    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .hasMessageContaining("unknown join method; Teleport knows")
        .message()
        .doesNotContain("66deb94d");
  }

  @Test
  void parse_version1_saysHowEachOfItsKeysIsWrittenNow() {
    String yaml =
        """
        auth_server: a.example:3025
        onboarding: {join_method: token, token: very-secret}
        storage: {directory: /bot}
        destinations:
        - directory: /out
          kubernetes_cluster: one
        - directory: {path: /db}
          database: {service: x}
          configs: [mongo]
        """;

    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "tbot.yaml:1:1: this is a version 1 configuration (it has no `version`); convert it"
                + " with `tbot migrate -c FILE -o NEW_FILE`, or by hand: begin it with"
                + " `version: v2`; `storage: {directory: X}` becomes `storage: {type: directory,"
                + " path: X}`; rename `destinations` to `outputs`; `directory: X` becomes"
                + " `destination: {type: directory, path: X}`; `kubernetes_cluster: X` is kept,"
                + " with `type: kubernetes` before it; `database` becomes `type: database`, which"
                + " machineid does not serve; `configs` goes: the type of an output says which"
                + " files it writes");
  }

  @Test
  void parse_emptySectionOfAnotherMethod_saysNothing() {
    String yaml = HEAD + "onboarding: {join_method: token, token: a, azure: {}, gitlab: }\n";

    assertThat(BotConfig.parse(yaml, "x").onboarding().join())
        .isEqualTo(new JoinConfig.Token(Optional.of(JoinToken.of("a"))));
  }
}
