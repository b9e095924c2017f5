package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.config.BotConfig;
import io.machineid.join.AzureJoin;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RecordedBotInstance;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestOidcIssuer;
import io.machineid.testkit.TestPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each method whose identity is followed by another join, with the oldest Teleport that has it and
 * with the newest. Those of {@code iam}, {@code oracle} and {@code bound_keypair} are with their
 * other tests.
 */
class RenewalByJoiningTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DUE = Duration.ofMinutes(21);
  private static final String EKS = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE";

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final TestPlatform platform = TestPlatform.start();
  @TempDir Path directory;
  private TestCluster teleport;

  @AfterEach
  void stop() {
    platform.close();
    teleport.close();
  }

  private void cluster(int version) {
    teleport = TestCluster.builder().clock(clock).teleportVersion(version).authPort().start();
    teleport.createFullAccessRole("example-role");
    teleport.addBot("example", "example-role");
  }

  private void createToken(String method, String section) {
    teleport.createToken(
        """
        kind: token
        version: v2
        metadata: {name: example-token}
        spec: {roles: [Bot], bot_name: example, join_method: %1$s, %1$s: {%2$s}}
        """
            .formatted(method, section));
  }

  private static JoinMethod method(String name, Map<String, String> environment) {
    return BotConfig.parse(
            """
            version: v2
            proxy_server: teleport.example:443
            onboarding: {join_method: %s, token: example-token}
            """
                .formatted(name),
            "tbot.yaml")
        .onboarding()
        .method(environment)
        .orElseThrow();
  }

  private static Stream<Arguments> inVersions(int oldest, Object... what) {
    return IntStream.of(oldest, 18)
        .distinct()
        .mapToObj(
            version ->
                Arguments.of(
                    Stream.concat(Stream.of(version), Stream.of(what)).toArray(Object[]::new)));
  }

  private void assertRenews(String method, JoinMethod joining, Runnable beforeItIsDue) {
    try (Bot bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(joining)
            .clock(clock)
            .scheduler(scheduler)
            .start(SOON)) {
      BotIdentity first = bot.identity();
      assertThat(first.renewable()).isFalse();
      beforeItIsDue.run();
      scheduler.advance(bot, DUE);
      scheduler.goOn(
          bot,
          () ->
              assertThat(bot.identity().notAfter())
                  .as(() -> "of " + bot.health())
                  .isAfter(first.notAfter()));

      assertThat(bot.state()).isEqualTo(BotState.READY);
      assertThat(bot.identity().instanceId()).isEqualTo(first.instanceId());
      if (first.instanceId().isPresent()) {
        assertThat(teleport.botInstances("example"))
            .singleElement()
            .extracting(RecordedBotInstance::joins, RecordedBotInstance::joinMethod)
            .containsExactly(2, method);
      }
    }
  }

  /** The same token serves for as long as the job lasts that was given it. */
  static Stream<Arguments> variables() {
    return Stream.of(
            inVersions(
                16,
                "gitlab",
                "allow: [{project_path: acme/web}]",
                "TBOT_GITLAB_JWT",
                "https://gitlab.com",
                Map.of("aud", "test.example", "project_path", "acme/web")),
            inVersions(
                16,
                "circleci",
                "organization_id: org, allow: [{project_id: p}]",
                "CIRCLE_OIDC_TOKEN",
                "https://oidc.circleci.com/org/org",
                Map.of("aud", "org", "oidc.circleci.com/project-id", "p")),
            inVersions(
                16,
                "spacelift",
                "hostname: acme.app.spacelift.io, allow: [{space_id: root}]",
                "SPACELIFT_OIDC_TOKEN",
                "https://acme.app.spacelift.io",
                Map.of("aud", "acme.app.spacelift.io", "spaceId", "root")),
            inVersions(
                17,
                "terraform_cloud",
                "allow: [{organization_name: acme}]",
                "TFC_WORKLOAD_IDENTITY_TOKEN",
                "https://app.terraform.io",
                Map.of("aud", "test.example", "terraform_organization_name", "acme")),
            inVersions(
                17,
                "bitbucket",
                "audience: ari, identity_provider_url: 'https://api.bitbucket.test/oidc',"
                    + " allow: [{repository_uuid: r}]",
                "BITBUCKET_STEP_OIDC_TOKEN",
                "https://api.bitbucket.test/oidc",
                Map.of("aud", "ari", "repositoryUuid", "r")),
            inVersions(
                18,
                "env0",
                "allow: [{organization_id: o}]",
                "ENV0_OIDC_TOKEN",
                "https://login.app.env0.com/",
                Map.of("aud", "https://prod.env0.com", "organizationId", "o")))
        .flatMap(each -> each);
  }

  @ParameterizedTest(name = "{1} with Teleport {0}")
  @MethodSource("variables")
  void methodWithAVariable_joinsAgainWithWhatItHolds(
      int version,
      String method,
      String section,
      String variable,
      String issuer,
      Map<String, Object> claims) {
    cluster(version);
    createToken(method, section);
    Map<String, Object> longer = new HashMap<>(claims);
    longer.put("exp", clock.instant().plus(Duration.ofHours(2)));
    String token = teleport.oidcIssuer(issuer).sign(longer);

    assertRenews(method, method(method, Map.of(variable, token)), () -> {});
  }

  static Stream<Arguments> services() {
    return Stream.of(
            inVersions(16, "github", "allow: [{repository: acme/web}]"),
            inVersions(16, "gcp", "allow: [{project_ids: [acme]}]"),
            inVersions(16, "azure", "allow: [{subscription: sub-1}]"),
            inVersions(17, "azure_devops", "organization_id: org, allow: [{project_name: web}]"))
        .flatMap(each -> each);
  }

  private Map<String, String> service(String method) {
    return switch (method) {
      case "github" ->
          platform.githubActions(
              teleport.oidcIssuer("https://token.actions.githubusercontent.com"),
              Map.of("repository", "acme/web"));
      case "gcp" ->
          platform.googleCloud(
              teleport.oidcIssuer("https://accounts.google.com"),
              Map.of("google", Map.of("compute_engine", Map.of("project_id", "acme"))));
      case "azure" -> platform.azure(teleport.azure(), "sub-1", "web", "vm-1");
      default ->
          platform.azureDevops(
              teleport.oidcIssuer("https://vstoken.dev.azure.com/org"),
              Map.of("sub", "p://acme/web/ci"));
    };
  }

  @ParameterizedTest(name = "{1} with Teleport {0}")
  @MethodSource("services")
  void methodWithAService_joinsAgainWithWhatThatAnswers(
      int version, String method, String section) {
    cluster(version);
    createToken(method, section);
    JoinMethod joining = method(method, service(method));
    if (joining instanceof AzureJoin azure) {
      joining = azure.certificates(teleport.azure()::certificate);
    }

    int[] asked = new int[1];
    assertRenews(method, joining, () -> asked[0] = platform.requests().size());
    assertThat(platform.requests()).as("evidence is fetched again").hasSize(2 * asked[0]);
  }

  static Stream<Arguments> kubernetes() {
    return Stream.of(
            inVersions(16, "in_cluster", "https://kubernetes.default.svc.cluster.local"),
            inVersions(16, "static_jwks", "https://elsewhere.test"),
            inVersions(18, "oidc", EKS))
        .flatMap(each -> each);
  }

  @ParameterizedTest(name = "{1} with Teleport {0}")
  @MethodSource("kubernetes")
  void kubernetes_joinsAgainWithTheTokenThatTheKubeletHasPut(int version, String type, String url)
      throws IOException {
    cluster(version);
    TestOidcIssuer issuer = teleport.oidcIssuer(url);
    createToken(
        "kubernetes",
        "type: %s, static_jwks: {jwks: '%s'}, oidc: {issuer: '%s'}, allow: [{service_account: 'apps:web'}]"
            .formatted(type, issuer.jwks(), EKS));
    String audience = type.equals("in_cluster") ? url : "test.example";
    Path file = directory.resolve("token");
    Files.writeString(file, issuer.serviceAccountToken("apps", "web", audience));

    assertRenews(
        "kubernetes",
        method("kubernetes", Map.of("KUBERNETES_TOKEN_PATH", file.toString())),
        () -> replace(file, issuer, audience));
  }

  /** As it is some time later, when the token of the first join has ended. */
  private void replace(Path file, TestOidcIssuer issuer, String audience) {
    Map<String, Object> claims = issuer.serviceAccountClaims("apps", "web", audience);
    Instant later = clock.instant().plus(DUE.minusMinutes(3));
    claims.put("iat", later);
    claims.put("nbf", later);
    claims.put("exp", later.plus(Duration.ofMinutes(10)));
    try {
      Files.writeString(file, issuer.sign(claims));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
