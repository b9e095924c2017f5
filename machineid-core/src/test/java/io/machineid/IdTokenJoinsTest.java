package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.config.BotConfig;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestOidcIssuer;
import io.machineid.testkit.TestPlatform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every method that joins with an ID token, from its configuration to an identity. */
class IdTokenJoinsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;
  private TestCluster teleport;
  private final TestPlatform platform = TestPlatform.start();

  @AfterEach
  void stop() {
    platform.close();
    if (teleport != null) {
      teleport.close();
    }
  }

  private void cluster(int version, String method, String section) {
    teleport = TestCluster.builder().teleportVersion(version).authPort().start();
    teleport.addBot("example", "example-role");
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: %s
          %s
        """
            .formatted(method, section));
  }

  private static JoinMethod method(String method, String more, Map<String, String> environment) {
    String yaml =
        """
        version: v2
        proxy_server: teleport.example:443
        onboarding:
          join_method: %s
          token: example-token
        %s
        """
            .formatted(method, more.isEmpty() ? "" : "  " + more);
    return BotConfig.parse(yaml, "tbot.yaml").onboarding().method(environment).orElseThrow();
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(method)
        .webRoots(List.of(teleport.webAuthority()));
  }

  private void assertJoins(JoinMethod method) {
    try (Bot bot = bot(method).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
      assertThat(bot.identity().renewable()).isFalse();
      assertThat(bot.identity().generation()).isEmpty();
      assertThat(bot.state()).isEqualTo(BotState.READY);
    }
  }

  private static void assertThatDenied(Bot.Builder bot, String... words) {
    assertThatThrownBy(() -> bot.start(SOON))
        .isInstanceOfSatisfying(
            JoinException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.JOIN_DENIED);
              assertThat(e.retryable()).isFalse();
            })
        .hasMessageContainingAll(words);
  }

  private static void assertNoEvidence(Bot.Builder bot, boolean retryable, String... words) {
    assertThatThrownBy(() -> bot.start(SOON))
        .isInstanceOfSatisfying(
            JoinException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EVIDENCE);
              assertThat(e.retryable()).isEqualTo(retryable);
            })
        .hasMessageContainingAll(words);
  }

  /** Method, oldest version, section of the token, variable, issuer, and claims that fit. */
  static Stream<Arguments> variableMethods() {
    return Stream.of(
        Arguments.of(
            "gitlab",
            16,
            "gitlab: {allow: [{project_path: acme/web}]}",
            "TBOT_GITLAB_JWT",
            "https://gitlab.com",
            Map.of("aud", "test.example", "project_path", "acme/web")),
        Arguments.of(
            "circleci",
            16,
            "circleci: {organization_id: org, allow: [{project_id: p, context_id: c}]}",
            "CIRCLE_OIDC_TOKEN",
            "https://oidc.circleci.com/org/org",
            Map.of(
                "aud", "org",
                "oidc.circleci.com/project-id", "p",
                "oidc.circleci.com/context-ids", List.of("b", "c"))),
        Arguments.of(
            "spacelift",
            16,
            "spacelift: {hostname: acme.app.spacelift.io, allow: [{space_id: root, scope: read}]}",
            "SPACELIFT_OIDC_TOKEN",
            "https://acme.app.spacelift.io",
            Map.of("aud", "acme.app.spacelift.io", "spaceId", "root", "scope", "read")),
        Arguments.of(
            "terraform_cloud",
            17,
            "terraform_cloud: {allow: [{organization_name: acme, run_phase: apply}]}",
            "TFC_WORKLOAD_IDENTITY_TOKEN",
            "https://app.terraform.io",
            Map.of(
                "aud", "test.example",
                "terraform_organization_name", "acme",
                "terraform_run_phase", "apply")),
        Arguments.of(
            "bitbucket",
            17,
            "bitbucket: {audience: ari, identity_provider_url: 'https://api.bitbucket.test/oidc', allow: [{repository_uuid: '{r}'}]}",
            "BITBUCKET_STEP_OIDC_TOKEN",
            "https://api.bitbucket.test/oidc",
            Map.of("aud", "ari", "repositoryUuid", "{r}")),
        Arguments.of(
            "env0",
            18,
            "env0: {allow: [{organization_id: o, project_name: web}]}",
            "ENV0_OIDC_TOKEN",
            "https://login.app.env0.com/",
            Map.of("aud", "https://prod.env0.com", "organizationId", "o", "projectName", "web")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variableMethods")
  void methodWithAVariable_joinsWithWhatItHolds(
      String method,
      int version,
      String section,
      String variable,
      String issuer,
      Map<String, Object> claims) {
    cluster(version, method, section);
    TestOidcIssuer platformOf = teleport.oidcIssuer(issuer);

    assertJoins(method(method, "", Map.of(variable, platformOf.sign(claims) + "\n")));

    Map<String, Object> elsewhere = new HashMap<>(claims);
    elsewhere.put("aud", "somebody-else");
    assertThatDenied(
        bot(method(method, "", Map.of(variable, platformOf.sign(elsewhere)))),
        "expected audience",
        "Have the platform issue the ID token for the audience",
        "aud=somebody-else");
    assertThatDenied(
        bot(
            method(
                method, "", Map.of(variable, platformOf.sign(Map.of("aud", claims.get("aud")))))),
        "did not match any allow rules. Compare the `allow` rules");
    Map<String, Object> late = new HashMap<>(claims);
    late.put("exp", Instant.now().minusSeconds(300));
    assertThatDenied(
        bot(method(method, "", Map.of(variable, platformOf.sign(late)))),
        "token is expired",
        "The evidence was too old when it arrived");
    assertNoEvidence(
        bot(method(method, "", Map.of())),
        false,
        "join method `%s`: the environment variable %s is not set. ".formatted(method, variable));
    assertNoEvidence(
        bot(method(method, "", Map.of(variable, "very-secret"))), false, "is no JSON Web Token");
    assertNoEvidence(
        bot(method(method, "", Map.of(variable, "a".repeat(70_000)))), false, "larger than 64 KiB");
  }

  @Test
  void gitlabAndTerraform_takeOtherVariablesWhereConfigured() {
    cluster(17, "terraform_cloud", "terraform_cloud: {allow: [{project_name: web}]}");
    String token =
        teleport
            .oidcIssuer("https://app.terraform.io")
            .sign(Map.of("aud", "test.example", "terraform_project_name", "web"));

    assertJoins(
        method(
            "terraform_cloud",
            "terraform: {audience_tag: teleport}",
            Map.of("TFC_WORKLOAD_IDENTITY_TOKEN_TELEPORT", token)));
    assertNoEvidence(
        bot(method("gitlab", "gitlab: {token_env_var_name: MINE}", Map.of("TBOT_GITLAB_JWT", "x"))),
        false,
        "variable MINE is not set");
  }

  @Test
  void kubernetes_joinsWithTheTokenOfItsPod_alsoPastTheProxy() throws Exception {
    cluster(16, "kubernetes", "kubernetes: {allow: [{service_account: 'apps:web'}]}");
    TestOidcIssuer own = teleport.ownKubernetes();
    Path file = directory.resolve("token");
    Files.writeString(file, own.serviceAccountToken("apps", "web", own.url()) + "\n");
    JoinMethod method = method("kubernetes", "", Map.of("KUBERNETES_TOKEN_PATH", file.toString()));

    assertJoins(method);
    assertJoins(method("kubernetes", "kubernetes: {token_path: '" + file + "'}", Map.of()));
    try (Bot bot =
        Bot.builder()
            .authServer(teleport.authAddress())
            .caPins(teleport.caPins())
            .join(method)
            .start(SOON)) {
      assertThat(bot.identity().renewable()).isFalse();
    }

    Files.writeString(file, own.serviceAccountToken("apps", "other", own.url()));
    assertThatDenied(
        bot(method),
        "kubernetes token did not match any allow rules",
        "sub=system:serviceaccount:apps:other");
    Files.writeString(file, own.serviceAccountToken("apps", "web", "test.example"));
    assertThatDenied(bot(method), "Kubernetes failed to validate token");
    Files.writeString(file, "a".repeat(70_000));
    assertNoEvidence(bot(method), false, "the service account token", "larger than 64 KiB");
    Files.delete(file);
    assertNoEvidence(
        bot(method), true, "the service account token " + file + " cannot be read", "token_path");
  }

  @Test
  void kubernetes_withAKeySet_isToldWhatIsWrongWithItsToken() throws Exception {
    teleport = TestCluster.builder().start();
    TestOidcIssuer elsewhere = teleport.oidcIssuer("https://elsewhere.test");
    teleport.close();
    cluster(
        16,
        "kubernetes",
        "kubernetes: {type: static_jwks, static_jwks: {jwks: '%s'}, allow: [{service_account: 'apps:web'}]}"
            .formatted(elsewhere.jwks()));
    Path file = directory.resolve("token");
    JoinMethod method = JoinMethod.kubernetes("example-token", file);

    Files.writeString(file, elsewhere.serviceAccountToken("apps", "web", "test.example"));
    assertJoins(method);

    Files.writeString(file, elsewhere.serviceAccountToken("apps", "web", "default"));
    assertThatDenied(
        bot(method), "invalid audience claim", "for the audience that the cluster expects");
    Map<String, Object> claims = elsewhere.serviceAccountClaims("apps", "web", "test.example");
    claims.put("exp", Instant.now().plus(Duration.ofHours(1)));
    Files.writeString(file, elsewhere.sign(claims));
    assertThatDenied(bot(method), "TTL of less than 30m0s", "expirationSeconds of at most 1800");
    claims.put("exp", Instant.now().minusSeconds(60));
    Files.writeString(file, elsewhere.sign(claims));
    assertThatDenied(bot(method), "token is expired", "too old when it arrived");
  }

  @Test
  void kubernetes_ofAClusterThatPublishesItsKeys_joinsTeleport18() throws Exception {
    String eks = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE";
    cluster(
        18,
        "kubernetes",
        "kubernetes: {type: oidc, oidc: {issuer: '%s'}, allow: [{service_account: 'apps:web'}]}"
            .formatted(eks));
    Path file = directory.resolve("token");
    JoinMethod method = method("kubernetes", "kubernetes: {token_path: '" + file + "'}", Map.of());
    Files.writeString(
        file, teleport.ownKubernetes().serviceAccountToken("apps", "web", "test.example"));
    assertThatThrownBy(() -> bot(method).start(SOON))
        .isInstanceOfSatisfying(
            MachineIdException.class,
            e -> assertThat(e.retryable()).as("the cluster's own trouble").isTrue())
        .hasMessageContainingAll("openid-configuration", "no such host");

    TestOidcIssuer issuer = teleport.oidcIssuer(eks);
    assertThatDenied(bot(method), "issued by a different provider, expected \"" + eks);
    Files.writeString(file, issuer.serviceAccountToken("apps", "web", "test.example"));
    assertJoins(method);
    issuer.replaceKey();
    assertThatDenied(bot(method), "failed to verify id token signature");
    Files.writeString(file, issuer.serviceAccountToken("apps", "web", "test.example"));
    assertJoins(method);

    Files.writeString(file, issuer.serviceAccountToken("apps", "other", "test.example"));
    assertThatDenied(
        bot(method),
        "kubernetes token did not match any allow rules",
        "sub=system:serviceaccount:apps:other");
    Files.writeString(file, issuer.serviceAccountToken("apps", "web", "sts.amazonaws.com"));
    assertThatDenied(
        bot(method), "expected audience \"test.example\"", "audience that the cluster expects");
    Map<String, Object> claims = issuer.serviceAccountClaims("apps", "web", "test.example");
    claims.put("exp", Instant.now().minusSeconds(60));
    Files.writeString(file, issuer.sign(claims));
    assertThatDenied(bot(method), "token is expired", "too old when it arrived");
    claims.remove("exp");
    claims.put("kubernetes.io", Map.of("namespace", "apps"));
    Files.writeString(file, issuer.sign(claims));
    assertThatDenied(bot(method), "oidc joining requires", "projected pod bound");
  }

  @Test
  void github_asksForATokenForEachJoin() {
    cluster(16, "github", "github: {enterprise_slug: acme, allow: [{repository: acme/web}]}");
    TestOidcIssuer github = teleport.oidcIssuer("https://token.actions.githubusercontent.com/acme");
    Map<String, String> job =
        platform.githubActions(github, Map.of("repository", "acme/web", "ref", "refs/heads/main"));

    assertJoins(method("github", "", job));
    assertThat(platform.requests())
        .containsExactly("GET /github?api-version=2.0&audience=teleport.cluster.local");
    assertJoins(method("github", "", job));
    assertThat(platform.requests()).hasSize(2);

    assertThatDenied(
        bot(
            method(
                "github", "", platform.githubActions(github, Map.of("repository", "acme/other")))),
        "did not match any allow rules");
    assertServiceTroubles("github", job);
  }

  /** What goes wrong with the service that hands tokens out, and how that is told. */
  private void assertServiceTroubles(String method, Map<String, String> environment) {
    Bot.Builder bot = bot(method(method, "", environment));
    platform.answer(500, "{}");
    assertNoEvidence(bot, true, platform.address(), "answered with status 500");
    platform.answer(200, "a".repeat(300_000));
    assertNoEvidence(bot, true, "answered more than 256 KiB");
    platform.recover();
    platform.close();
    assertNoEvidence(bot, true, platform.address(), "does not answer");
  }

  @Test
  void github_saysWhatItsAnswersLack() {
    cluster(16, "github", "github: {allow: [{repository: acme/web}]}");
    Map<String, String> job = platform.githubActions(teleport.ownKubernetes(), Map.of());
    Bot.Builder bot = bot(method("github", "", job));

    platform.answer(200, "not json with very-secret");
    assertNoEvidence(bot, true, "something other than a JSON object");
    platform.answer(200, "{\"count\": 1}");
    assertNoEvidence(bot, true, "answered without `value`");
    assertNoEvidence(
        bot(method("github", "", Map.of())),
        false,
        "ACTIONS_ID_TOKEN_REQUEST_URL is not set. GitHub sets it for jobs with `permissions: {id-token: write}`");
    assertNoEvidence(
        bot(
            method(
                "github",
                "",
                Map.of(
                    "ACTIONS_ID_TOKEN_REQUEST_URL", "http://192.0.2.1/x",
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "very-secret"))),
        false,
        "must be asked over https");
    assertNoEvidence(
        bot(
            method(
                "github",
                "",
                Map.of(
                    "ACTIONS_ID_TOKEN_REQUEST_URL", "no url",
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "very-secret"))),
        false,
        "ACTIONS_ID_TOKEN_REQUEST_URL holds no URL");
  }

  @Test
  void gcp_asksTheMetadataServer() {
    cluster(
        16,
        "gcp",
        "gcp: {allow: [{project_ids: [acme], locations: [europe-west3], service_accounts: [web@acme.iam.gserviceaccount.com]}]}");
    TestOidcIssuer google = teleport.oidcIssuer("https://accounts.google.com");
    Map<String, Object> claims =
        Map.of(
            "email",
            "web@acme.iam.gserviceaccount.com",
            "google",
            Map.of("compute_engine", Map.of("project_id", "acme", "zone", "europe-west3-a")));
    Map<String, String> machine = platform.googleCloud(google, claims);

    assertJoins(method("gcp", "", machine));
    assertThatDenied(
        bot(
            method(
                "gcp",
                "",
                platform.googleCloud(google, Map.of("email", "x@other.iam.gserviceaccount.com")))),
        "did not match any allow rules");
    assertServiceTroubles("gcp", machine);
  }

  @Test
  void azureDevops_asksForATokenForEachJoin() {
    cluster(
        17,
        "azure_devops",
        "azure_devops: {organization_id: org, allow: [{project_name: web, pipeline_name: ci}]}");
    TestOidcIssuer azure = teleport.oidcIssuer("https://vstoken.dev.azure.com/org");
    Map<String, String> pipeline =
        platform.azureDevops(azure, Map.of("sub", "p://acme/web/ci", "prj_id", "1"));

    assertJoins(method("azure_devops", "", pipeline));
    assertThat(platform.requests())
        .containsExactly("POST /azure-devops?serviceConnectionId=1&api-version=7.1");
    assertNoEvidence(
        bot(method("azure_devops", "", Map.of())), false, "Map it into the step: `env: ");
    assertThatDenied(
        bot(
            method(
                "azure_devops",
                "",
                platform.azureDevops(azure, Map.of("sub", "p://acme/web/other")))),
        "did not match any allow rules");
    assertServiceTroubles("azure_devops", pipeline);
  }

  @Test
  void genericOidc_isFetched_andRefusedByClustersThatDoNotKnowIt() {
    cluster(17, "github", "github: {allow: [{repository: acme/web}]}");
    TestOidcIssuer github = teleport.oidcIssuer("https://token.actions.githubusercontent.com");
    String token = github.sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web"));

    // What is sent is what any other method sends: the cluster goes by its token resource.
    assertJoins(method("generic_oidc", "generic_oidc: {env: MINE}", Map.of("MINE", token)));
    assertJoins(
        method(
            "generic_oidc",
            "generic_oidc: {command: [sh, -c, 'echo $MINE']}",
            Map.of("MINE", token, "PATH", System.getenv("PATH"))));
    assertNoEvidence(
        bot(
            method(
                "generic_oidc",
                "generic_oidc: {command: [sh, -c, 'exit 3']}",
                Map.of("PATH", System.getenv("PATH")))),
        true,
        "the command sh ended with status 3");
    assertNoEvidence(
        bot(
            method(
                "generic_oidc",
                "generic_oidc: {command: [sh, -c, 'sleep 600'], timeout: 1s}",
                Map.of("PATH", System.getenv("PATH")))),
        true,
        "did not come within 1 s");
    assertNoEvidence(
        bot(method("generic_oidc", "generic_oidc: {command: [/no/such/program]}", Map.of())),
        true,
        "the command /no/such/program cannot be started");
  }

  @Test
  void genericOidc_isNamedAsTheWrongMethodByTheJoinServiceOf18() {
    cluster(18, "github", "github: {allow: [{repository: acme/web}]}");
    TestOidcIssuer github = teleport.oidcIssuer("https://token.actions.githubusercontent.com");
    String token = github.sign(Map.of("aud", "teleport.cluster.local", "repository", "acme/web"));

    assertThatDenied(
        bot(method("generic_oidc", "generic_oidc: {env: MINE}", Map.of("MINE", token))),
        "requested join method \"generic_oidc\" but token only supports \"github\"",
        "Set join_method");
  }

  @Test
  void sourceOfTheUsers_isAskedForEachJoin_andItsTroublesAreTold() {
    cluster(16, "github", "github: {allow: [{repository: acme/web}]}");
    TestOidcIssuer github = teleport.oidcIssuer("https://token.actions.githubusercontent.com");

    assertJoins(
        JoinMethod.github("example-token")
            .source(
                () ->
                    github.sign(
                        Map.of("aud", "teleport.cluster.local", "repository", "acme/web"))));
    assertNoEvidence(
        bot(
            JoinMethod.github("example-token")
                .source(
                    () -> {
                      throw new IllegalStateException("very-secret");
                    })),
        true,
        "its source of evidence failed with java.lang.IllegalStateException; see the cause");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18})
  void credentials_areIssuedByEachVersion(int version) {
    cluster(version, "github", "github: {allow: [{repository: acme/web}]}");
    teleport.createFullAccessRole("example-role");
    teleport.addKubernetesCluster("example-k8s-cluster", Map.of());
    TestOidcIssuer github = teleport.oidcIssuer("https://token.actions.githubusercontent.com");
    Map<String, String> job = platform.githubActions(github, Map.of("repository", "acme/web"));

    try (Bot bot = bot(method("github", "", job)).start(SOON)) {
      assertThat(bot.proxyVersion()).startsWith(version + ".");
      Credential credential =
          bot.credential(CredentialRequest.kubernetes("example-k8s-cluster")).current();
      assertThat(credential.certificate().getPublicKey()).isNotNull();
    }
  }

  @Test
  void wrongMethod_isNamed() throws Exception {
    cluster(16, "kubernetes", "kubernetes: {allow: [{service_account: 'apps:web'}]}");

    assertThatDenied(
        bot(JoinMethod.token("example-token")),
        "IDToken not provided for Kubernetes join request",
        "Set join_method to the method of the token resource; this bot used `token`");
    Path file = Files.writeString(directory.resolve("name"), "no-such-token\n");
    assertThatDenied(
        bot(
            JoinMethod.gitlab("x")
                .tokenNameFile(file)
                .source(() -> teleport.ownKubernetes().sign(Map.of()))),
        "token expired or not found",
        "There is no token resource of the configured name");
  }
}
