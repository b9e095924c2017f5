package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.Bot;
import io.machineid.Credential;
import io.machineid.CredentialRequest;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestPlatform;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in: each version, with each suite of keys, by each route and join method, up to a list
 * of pods by a live client.
 */
@ParameterizedClass(name = "Teleport {0}, {1}")
@MethodSource("clusters")
class WaysMatrixTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static MatrixClusters clusters;
  private static TestPlatform platform;

  @Parameter(0)
  int version;

  @Parameter(1)
  String suite;

  static Stream<Arguments> clusters() {
    return Stream.of(16, 17, 18)
        .flatMap(
            major ->
                Stream.of("legacy", "balanced-v1", "fips-v1", "hsm-v1")
                    .map(each -> Arguments.of(major, each)));
  }

  static Stream<Arguments> ways() {
    return Stream.of(MatrixRoute.values())
        .flatMap(
            route -> Stream.of(MatrixMethod.values()).map(method -> Arguments.of(route, method)));
  }

  @BeforeParameterizedClassInvocation
  static void start(int version, String suite) {
    clusters = new MatrixClusters(version, suite);
    platform = TestPlatform.start();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    platform.close();
    clusters.close();
  }

  @ParameterizedTest(name = "{1} by {0}")
  @MethodSource("ways")
  void way(MatrixRoute route, MatrixMethod method) throws Exception {
    if (isRefused()) {
      assertThatThrownBy(() -> clusters.of(route.setUp()))
          .hasMessageContaining("has no signature algorithm suites");
      return;
    }
    TestCluster teleport = clusters.of(route.setUp());
    String name = "bot-%s-%s".formatted(route, method).toLowerCase(Locale.ROOT).replace('_', '-');
    teleport.addBot(name, "example-role");
    if (!method.isKnownTo(version)) {
      assertThatThrownBy(() -> method.admit(teleport, name))
          .hasMessage("unknown join method \"%s\"".formatted(method.id()));
      return;
    }
    method.admit(teleport, name);
    int before = teleport.connections().size();
    try (MatrixRoute.Passage passage = route.enter(teleport);
        Bot bot = start(route, teleport, method.join(teleport, platform, name));
        KubernetesAccess access = KubernetesAccess.to(bot, MatrixClusters.KUBERNETES)) {
      assertThat(Subject.Kind.JDK.on(access).pods()).contains("pod-1");

      assertThat(bot.identity().botName()).isEqualTo(name);
      List<RecordedConnection> met = teleport.connections();
      passage.check(met.subList(before, met.size()));
    }
  }

  /** Before 17 there are no suites; the keys are those that are called {@code legacy} since. */
  private boolean isRefused() {
    return version == 16 && !suite.equals("legacy");
  }

  @ParameterizedTest
  @EnumSource(names = "TLS_ROUTING")
  void keys_areThoseOfTheSuite(MatrixRoute route) {
    if (isRefused()) {
      return;
    }
    TestCluster teleport = clusters.of(route.setUp());
    JoinMethod join = JoinMethod.token(teleport.addBot("keys", "example-role").token());
    try (Bot bot = start(route, teleport, join)) {
      Credential credential =
          bot.credential(CredentialRequest.kubernetes(MatrixClusters.KUBERNETES)).current();

      String authorities = suite.equals("legacy") ? "RSA" : "EC";
      assertThat(bot.certificateAuthorities().host())
          .allMatch(each -> each.getPublicKey().getAlgorithm().equals(authorities));
      // 16 does not say what it wants, and takes the cheaper kind
      String own = version == 16 ? "EC" : authorities;
      assertThat(credential.certificate().getPublicKey().getAlgorithm()).isEqualTo(own);
      assertThat(credential.certificate().getSigAlgName())
          .isEqualTo(suite.equals("legacy") ? "SHA256withRSA" : "SHA256withECDSA");
    }
  }

  private static Bot start(MatrixRoute route, TestCluster teleport, JoinMethod join) {
    return route
        .into(teleport, Bot.builder().webRoots(List.of(teleport.webAuthority())))
        .join(join)
        .start(SOON);
  }
}
