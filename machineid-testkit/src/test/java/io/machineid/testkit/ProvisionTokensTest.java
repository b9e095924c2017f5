package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testkit.internal.pki.TlsIdentity;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Token resources and the evidence for them; refusals as a Teleport 16.0.0-dev was seen to put
 * them.
 */
final class ProvisionTokensTest {

  private static final KeyPair KEY = PlainBot.newKey("EC");
  private static final String GITLAB = "https://gitlab.test";
  private static TestCluster cluster;
  private static TestOidcIssuer kubernetes;
  private static TestOidcIssuer gitlab;

  @BeforeAll
  static void start() {
    cluster = TestCluster.builder().clusterName("real.example").start();
    cluster.addBot("kube");
    cluster.addBot("ci");
    kubernetes = cluster.oidcIssuer("https://elsewhere.test");
    gitlab = cluster.oidcIssuer(GITLAB);
    cluster.createToken(
        token("kube", "kube-token", "kubernetes")
            + """
              kubernetes:
                type: static_jwks
                static_jwks: {jwks: '%s'}
                allow: [{service_account: 'apps:web'}]
            """
                .formatted(kubernetes.jwks()));
    cluster.createToken(
        token("ci", "ci-token", "gitlab")
            + """
              gitlab:
                domain: gitlab.test
                allow: [{project_path: 'acme/*', ref: main, ref_protected: true}]
            """);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static String token(String bot, String name, String method) {
    return """
        kind: token
        version: v2
        metadata: {name: %s}
        spec:
          roles: [Bot]
          bot_name: %s
          join_method: %s
        """
        .formatted(name, bot, method);
  }

  private static HttpResponse<String> join(String token, String idToken) {
    Map<String, Object> body = new LinkedHashMap<>(PlainBot.joinBody(token, KEY));
    if (idToken != null) {
      body.put("id_token", idToken);
    }
    return PlainBot.postJoin(cluster, PlainBot.json(body));
  }

  private static X509Certificate certificate(HttpResponse<String> response) {
    String base64 = (String) Golden.fields(response.body()).get("tls");
    return Golden.pem(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
  }

  private static void assertRefused(HttpResponse<String> response, int status, String words) {
    assertThat(response.body()).contains("\"message\": \"" + words + "\"");
    assertThat(response.statusCode()).isEqualTo(status);
  }

  private static String pod(Map<String, ?> changes) {
    Map<String, Object> claims = kubernetes.serviceAccountClaims("apps", "web", "real.example");
    claims.putAll(changes);
    return kubernetes.sign(claims);
  }

  private static Map<String, Object> without(String claim) {
    Map<String, Object> changes = new HashMap<>();
    changes.put(claim, null);
    return changes;
  }

  @Test
  void kubernetesToken_thatFits_givesACertificateThatDoesNotRenew() {
    HttpResponse<String> response = join("kube-token", pod(Map.of()));
    assertThat(response.statusCode()).isEqualTo(200);

    TlsIdentity identity = TlsIdentity.decode(certificate(response));
    assertThat(identity.renewable()).isFalse();
    assertThat(identity.generation()).isEmpty();
    assertThat(identity.botName()).hasValue("kube");
    assertThat(join("kube-token", pod(Map.of())).statusCode()).as("again").isEqualTo(200);
  }

  @Test
  void kubernetesTokens_thatDoNotFit_areRefusedInTheWordsOfARealCluster() {
    String reviewing = "reviewing kubernetes token with static_jwks\\n\\t";
    String claims =
        reviewing + "validating jwt claims\\n\\t\\tgo-jose/go-jose/jwt: validation failed, ";
    String signature = reviewing + "validating jwt signature\\n\\t\\tgo-jose/go-jose: ";
    String requires = reviewing + "static_jwks joining requires the use of ";
    Instant now = Instant.now();

    assertRefused(
        join("kube-token", pod(Map.of("aud", "other"))),
        500,
        claims + "invalid audience claim (aud)");
    assertRefused(
        join("kube-token", pod(Map.of("sub", "system:serviceaccount:apps:other"))),
        403,
        "kubernetes token did not match any allow rules");
    assertRefused(
        join("kube-token", pod(Map.of("exp", now.minusSeconds(60)))),
        500,
        claims + "token is expired (exp)");
    assertRefused(
        join("kube-token", pod(Map.of("nbf", now.plusSeconds(60)))),
        500,
        claims + "token not valid yet (nbf)");
    assertRefused(
        join("kube-token", pod(Map.of("exp", now.plus(Duration.ofHours(1))))),
        400,
        requires + "a service account token with a TTL of less than 30m0s");
    assertRefused(
        join("kube-token", pod(without("exp"))),
        400,
        requires + "a service account token with `exp`");
    assertRefused(
        join("kube-token", pod(without("iat"))),
        400,
        requires + "a service account token with `iat`");
    assertRefused(
        join("kube-token", pod(without("kubernetes.io"))),
        400,
        requires + "projected pod bound service account token");
    assertRefused(
        join("kube-token", "garbage"),
        500,
        reviewing
            + "parsing jwt\\n\\t\\tgo-jose/go-jose: compact JWS format must have three parts");
    assertRefused(
        join("kube-token", null), 400, "IDToken not provided for Kubernetes join request");
    String good = pod(Map.of());
    assertRefused(
        join("kube-token", good.substring(0, good.length() - 8) + "AAAAAAAA"),
        500,
        signature + "error in cryptographic primitive");
    assertRefused(
        join("kube-token", gitlab.serviceAccountToken("apps", "web", "real.example")),
        500,
        signature + "unsupported key type/format");
  }

  private static String job(Map<String, ?> changes) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("aud", "real.example");
    claims.put("sub", "project_path:acme/web:ref_type:branch:ref:main");
    claims.put("project_path", "acme/web");
    claims.put("ref", "main");
    claims.put("ref_protected", "true");
    claims.putAll(changes);
    return gitlab.sign(claims);
  }

  @Test
  void platformTokens_thatDoNotFit_areRefusedInTheWordsOfARealCluster() {
    assertThat(join("ci-token", job(Map.of())).statusCode()).isEqualTo(200);
    assertRefused(
        join("ci-token", job(Map.of("aud", "x"))),
        500,
        "oidc: expected audience \\\"real.example\\\" got [\\\"x\\\"]");
    String noMatch = "id token claims did not match any allow rules";
    assertRefused(join("ci-token", job(Map.of("project_path", "other/web"))), 403, noMatch);
    assertRefused(join("ci-token", job(Map.of("ref_protected", "false"))), 403, noMatch);
    assertRefused(
        join("ci-token", job(Map.of("exp", Instant.parse("2026-01-02T03:04:05Z")))),
        500,
        "oidc: token is expired (Token Expiry: 2026-01-02 03:04:05 +0000 UTC)");
    assertRefused(
        join("ci-token", job(Map.of("nbf", Instant.now().plusSeconds(900)))),
        403,
        "token not before in future");
    assertRefused(
        join("ci-token", job(Map.of("iss", "https://gitlab.com"))),
        500,
        "oidc: id token issued by a different provider, expected \\\"https://gitlab.test\\\" got \\\"https://gitlab.com\\\"");
    assertRefused(
        join("ci-token", "garbage"),
        500,
        "oidc: malformed jwt: go-jose/go-jose: compact JWS format must have three parts");
    assertRefused(join("ci-token", null), 400, "IDToken not provided for gitlab join request");
    String good = job(Map.of());
    assertRefused(
        join("ci-token", good.substring(0, good.length() - 8) + "AAAAAAAA"),
        500,
        "failed to verify signature: failed to verify id token signature");
    assertRefused(
        join("no-such-token", job(Map.of())),
        403,
        "\\\"\\\" can not join the cluster with role \\\"Bot\\\", token expired or not found");
  }

  @Test
  void otherEndpoint_isNamed() {
    cluster.createToken(
        token("ci", "iam-token", "iam") + "  allow: [{aws_account: '111111111111'}]\n");

    assertRefused(
        join("iam-token", "x"),
        403,
        "this token is only valid for the iam join method but the node has connected to the wrong endpoint, make sure your node is configured to use the iam join method");
  }

  @Test
  void botThatJoinedByToken_andThenOtherwise_isLocked() {
    new PlainBot(cluster, "quirk").join(cluster.addBot("quirk").token());
    cluster.createToken(
        token("quirk", "quirk-token", "gitlab")
            + "  gitlab: {domain: gitlab.test, allow: [{project_path: acme/web}]}\n");

    assertRefused(
        join("quirk-token", job(Map.of())),
        403,
        "renewable cert generation mismatch: stored=1, presented=0");
    assertThat(cluster.isLocked("quirk")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "terraform_cloud | terraform_cloud: {allow: [{organization_name: a}]} | unknown join method \"terraform_cloud\"",
        "bound_keypair | bound_keypair: {} | unknown join method \"bound_keypair\"",
        "tpm | tpm: {allow: [{ek_public_hash: a}]} | unknown join method \"tpm\"",
        "nosuch | x: 1 | unknown join method \"nosuch\"",
        "github | x: 1 | \"github\" configuration must be provided for join method \"github\"",
        "github | github: {allow: []} | the \"github\" join method requires at least one token allow rule",
        "github | github: {allow: [{workflow: x}]} | allow rule for \"github\" must include at least one of \"repository\", \"repository_owner\" or \"sub\"",
        "gitlab | gitlab: {allow: [{}]} | the \"gitlab\" join method requires allow rules with at least one of ['sub', 'project_path', 'namespace_path', 'ci_config_ref_uri'] to ensure security.",
        "circleci | circleci: {allow: [{project_id: a}]} | the \"circleci\" join method requires 'organization_id' to be set",
        "gcp | gcp: {allow: [{locations: [a]}]} | the \"gcp\" join method requires gcp allow rules with at least one project ID",
        "iam | x: 1 | the \"iam\" join method requires defined token allow rules",
        "azure | azure: {allow: [{}]} | the \"azure\" join method requires azure allow rules with non-empty subscription",
      })
  void createToken_ofWhatARealClusterRefuses_saysTheSame(
      String method, String section, String words) {
    assertThatThrownBy(
            () -> cluster.createToken(token("ci", "refused", method) + "  " + section + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(words);
  }

  @Test
  void createToken_ofKubernetes_wantsNamespaceAndName() {
    assertThatThrownBy(
            () ->
                cluster.createToken(
                    token("ci", "refused", "kubernetes")
                        + "  kubernetes: {allow: [{service_account: x}]}\n"))
        .hasMessage(
            "spec.kubernetes:\n\tallow[0].service_account: name of service account should be in format \"namespace:service_account\", got \"x\" instead");
  }

  @Test
  void laterVersions_knowLaterMethods() {
    try (TestCluster later = TestCluster.builder().teleportVersion(17).start()) {
      later.addBot("ci");
      later.createToken(
          token("ci", "tf", "terraform_cloud")
              + "  terraform_cloud: {allow: [{organization_name: acme}]}\n");
      assertThatThrownBy(
              () -> later.createToken(token("ci", "bk", "bound_keypair") + "  bound_keypair: {}\n"))
          .hasMessage("unknown join method \"bound_keypair\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: 1 | \"tpm\" configuration must be provided for join method \"tpm\"",
        "tpm: {allow: []} | the \"tpm\" join method requires at least one token allow rule",
        "tpm: {allow: [{ek_public_hash: a}, {description: b}]} | spec.tpm: allow[1]: at least one of ek_public_hash or ek_certificate_serial must be set",
        "tpm: {allow: [{ek_public_hash: a}], ekcert_allowed_cas: [b]} | spec.tpm: ekcert_allowed_cas: not a certificate in PEM",
      })
  void tpm_isCheckedAsSuch(String section, String words) {
    try (TestCluster later = TestCluster.builder().teleportVersion(17).start()) {
      later.addBot("ci");
      assertThatThrownBy(() -> later.createToken(token("ci", "t", "tpm") + "  " + section + "\n"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(words);
    }
  }

  @Test
  void teleport17_wantsATenancyInRulesOfOracle() {
    try (TestCluster later = TestCluster.builder().teleportVersion(17).start()) {
      later.addBot("ci");
      assertThatThrownBy(
              () ->
                  later.createToken(
                      token("ci", "ora", "oracle") + "  oracle: {allow: [{regions: [x]}]}\n"))
          .hasMessage(
              "the \"oracle\" join method requires oracle allow rules with non-empty tenancy");
    }
  }

  @Test
  void kubernetesWithAnIssuer_isForTeleport18() {
    String section = "  kubernetes: {type: oidc, %s allow: [{service_account: 'apps:web'}]}\n";
    String resource =
        token("ci", "eks", "kubernetes") + section.formatted("oidc: {issuer: 'https://eks.test'},");
    assertThatThrownBy(() -> cluster.createToken(resource))
        .hasMessage(
            "spec.kubernetes:\n\ttype: must be one of (in_cluster, static_jwks), got \"oidc\"");
    try (TestCluster later = TestCluster.builder().teleportVersion(18).start()) {
      later.addBot("ci");
      later.createToken(resource);
      assertThatThrownBy(
              () -> later.createToken(token("ci", "eks", "kubernetes") + section.formatted("")))
          .hasMessageContaining("oidc.issuer: must be an https URL");
    }
  }

  @Test
  void boundKeypair_isCheckedAsSuch() {
    try (TestCluster later = TestCluster.builder().teleportVersion(18).start()) {
      later.addBot("ci");
      assertRefused(later, "{recovery: {mode: lax}}", "recovery.mode: must be one of");
      assertRefused(later, "{recovery: {limit: 0}}", "recovery.limit: must be at least 1");
      assertRefused(later, "{rotate_after: soon}", "rotate_after: not a time");
      assertRefused(
          later, "{onboarding: {must_register_before: soon}}", "must_register_before: not a time");
      assertRefused(
          later, "{onboarding: {initial_public_key: a, registration_secret: b}}", "are exclusive");

      later.createToken(token("ci", "bk", "bound_keypair") + "  bound_keypair: {}\n");
      String secret = later.boundKeypair("bk").registrationSecret();
      assertThat(secret).hasSize(64);
      later.createToken(
          token("ci", "bk", "bound_keypair") + "  bound_keypair: {recovery: {limit: 3}}\n");
      assertThat(later.boundKeypair("bk").registrationSecret())
          .as("a change of the token keeps what was noted of it")
          .isEqualTo(secret);
      assertThat(later.boundKeypair("bk").toString()).doesNotContain(secret);
      later.removeToken("bk");
      assertThatThrownBy(() -> later.boundKeypair("bk"))
          .hasMessageContaining("no token of the method bound_keypair called bk");
    }
  }

  private static void assertRefused(TestCluster cluster, String section, String words) {
    assertThatThrownBy(
            () ->
                cluster.createToken(
                    token("ci", "bk", "bound_keypair") + "  bound_keypair: " + section + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
