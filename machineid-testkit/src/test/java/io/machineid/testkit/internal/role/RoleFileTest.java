package io.machineid.testkit.internal.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.machineid.testkit.internal.role.Role.KubernetesResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleFileTest {

  static final String GUIDE =
      """
      kind: role
      version: v6
      metadata:
        name: example-role
      spec:
        allow:
          kubernetes_labels:
            '*': '*'
          kubernetes_groups:
          - editor
          kubernetes_resources:
          - kind: "*"
            namespace: "*"
            name: "*"
      """;

  private static final String HEAD = "kind: role\nversion: v7\nmetadata: {name: r}\n";

  @Test
  void guideRole_asPrinted_loadsAsMeantAndWarns() {
    RoleFile.Parsed parsed = only(GUIDE);

    assertThat(parsed.role().name()).isEqualTo("example-role");
    assertThat(parsed.role().version()).isEqualTo("v6");
    assertThat(parsed.role().maxSessionTtl()).isEqualTo(Duration.ofHours(30));
    assertThat(parsed.role().allow().kubernetesLabels()).isEqualTo(Map.of("*", List.of("*")));
    assertThat(parsed.role().allow().kubernetesGroups()).containsExactly("editor");
    assertThat(parsed.role().allow().kubernetesResources())
        .containsExactly(new KubernetesResource("*", "*", "*", List.of("*")));
    assertThat(parsed.role().deny()).isEqualTo(Role.Conditions.none());
    assertThat(parsed.warnings())
        .singleElement()
        .asString()
        .contains(
            "KubernetesResource \"*\" is not supported in role version \"v6\". Upgrade the role version to \"v7\"");
  }

  @Test
  void v7WithoutVerbs_keepsDenyingAndWarns() {
    RoleFile.Parsed parsed = only(GUIDE.replace("v6", "v7"));

    assertThat(parsed.role().allow().kubernetesResources())
        .containsExactly(new KubernetesResource("*", "*", "*", List.of()));
    assertThat(parsed.warnings()).singleElement().asString().contains("has no verbs");
  }

  @Test
  void noGroups_warns() {
    RoleFile.Parsed parsed = only(HEAD + "spec: {allow: {kubernetes_labels: {env: [dev, test]}}}");

    assertThat(parsed.role().allow().kubernetesLabels())
        .isEqualTo(Map.of("env", List.of("dev", "test")));
    assertThat(parsed.warnings()).singleElement().asString().contains("no kubernetes_groups");
  }

  @ParameterizedTest
  @CsvSource({"v7,*", "v6,pod", "v3,pod"})
  void emptyResources_getDefaultOfVersion(String version, String kind) {
    Role role = only(HEAD.replace("v7", version)).role();

    assertThat(role.allow().kubernetesResources())
        .containsExactly(new KubernetesResource(kind, "*", "*", List.of("*")));
    assertThat(role.deny().kubernetesResources()).isEmpty();
  }

  @Test
  void allKeys_areRead() {
    Role role =
        only(HEAD
                + """
                spec:
                  options: {max_session_ttl: 1h30m}
                  allow:
                    kubernetes_labels: {env: dev}
                    kubernetes_users: [alice]
                    kubernetes_groups: editor
                    impersonate: {roles: [a, b-*]}
                  deny:
                    kubernetes_resources:
                    - {kind: secret, namespace: '^kube-.*$', name: '*', verbs: [get, list]}
                    - {kind: kube_node, name: n1, verbs: ['*']}
                """)
            .role();

    assertThat(role.maxSessionTtl()).isEqualTo(Duration.ofMinutes(90));
    assertThat(role.allow().kubernetesUsers()).containsExactly("alice");
    assertThat(role.allow().kubernetesGroups()).containsExactly("editor");
    assertThat(role.allow().impersonateRoles()).containsExactly("a", "b-*");
    assertThat(role.deny().kubernetesResources())
        .containsExactly(
            new KubernetesResource("secret", "^kube-.*$", "*", List.of("get", "list")),
            new KubernetesResource("kube_node", "", "n1", List.of("*")));
  }

  @Test
  void severalDocuments_areReadInOrder() {
    assertThat(
            RoleFile.parse("---\n" + HEAD + "---\n" + HEAD.replace("name: r", "name: s") + "---\n"))
        .extracting(parsed -> parsed.role().name())
        .containsExactly("r", "s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: bot | kind: expected role",
        "[1, 2] | role: expected keys and values",
        "'' | there is no role",
        "'a: [' | not YAML",
        "{kind: role} | version: is missing",
        "{kind: role, version: v9} | version: expected one of",
        "{kind: role, version: v7} | metadata.name: is missing",
        "{kind: role, version: v7, metadata: {name: [a]}} | metadata.name: expected text, found a list",
      })
  void badHeader_namesTheKey(String yaml, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoleFile.parse(yaml))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{options: {max_session_ttl: soon}} | spec.options.max_session_ttl: not a duration",
        "{options: {max_session_ttl: 1h5}} | spec.options.max_session_ttl: not a duration",
        "{options: {max_session_ttl: 99999999999h}} | spec.options.max_session_ttl: not a duration",
        "{allow: {kubernetes_labels: dev}} | spec.allow.kubernetes_labels: expected keys and values, found \"dev\"",
        "{allow: {kubernetes_groups: {a: b}}} | spec.allow.kubernetes_groups: expected a list",
        "{allow: {kubernetes_groups: ['^(a$']}} | spec.allow.kubernetes_groups: not a regular expression",
        "{allow: {kubernetes_resources: [{kind: pods}]}} | spec.allow.kubernetes_resources[0].kind: no kind",
        "{allow: {kubernetes_resources: [{kind: pod}]}} | spec.allow.kubernetes_resources[0].name: is missing",
        "{deny: {kubernetes_resources: [{kind: pod, name: a}]}} | spec.deny.kubernetes_resources[0].namespace: is missing",
        "{deny: {kubernetes_resources: [{kind: kube_node, name: a, verbs: [eat]}]}} | verbs: no verb",
      })
  void badSpec_namesTheKey(String spec, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoleFile.parse(HEAD + "spec: " + spec))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"30h0m0s,PT30H", "1.5h,PT1H30M", "250ms,PT0.25S", "0,PT0S", "1h2m3s,PT1H2M3S"})
  void goDuration_isRead(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  private static RoleFile.Parsed only(String yaml) {
    List<RoleFile.Parsed> roles = RoleFile.parse(yaml);
    assertThat(roles).hasSize(1);
    return roles.get(0);
  }
}
