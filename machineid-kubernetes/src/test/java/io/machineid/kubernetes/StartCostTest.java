package io.machineid.kubernetes;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.machineid.Bot;
import io.machineid.CredentialException;
import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every connection and every call from a start to the first kubeconfig, so that one more is
 * noticed. The table in docs/cost.md says the same.
 */
class StartCostTest {

  private static final String ROLE =
      """
      kind: role
      version: v7
      metadata:
        name: example-role
      spec:
        allow:
          kubernetes_labels: {env: test}
          kubernetes_groups: [editor]
          kubernetes_resources:
          - {kind: '*', namespace: '*', name: '*', verbs: ['*']}
      """;
  private static final String KUBE = "example-k8s-cluster";
  private static final String FROM_CLOUD = "teleport.internal/discovered-name";

  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport =
        TestCluster.builder()
            .authPort()
            .kubernetesCluster(KUBE, Map.of("env", "test", FROM_CLOUD, "in-the-cloud"))
            .kubernetesCluster("second", Map.of("env", "test"))
            .kubernetesCluster("hidden", Map.of("env", "prod"))
            .start();
    teleport.createRole(ROLE);
  }

  @AfterEach
  void stopCluster() {
    teleport.close();
  }

  private Bot.Builder newBot() {
    // Nothing that is due later comes in between, and no answer grows old.
    return Bot.builder()
        .clock(InstantSource.fixed(Instant.now()))
        .scheduler((task, delay) -> () -> {})
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()));
  }

  private Bot throughProxy() {
    return newBot().proxy(teleport.proxyAddress()).start(Duration.ofSeconds(30));
  }

  private Bot direct() {
    return newBot()
        .authServer(teleport.authAddress())
        .caPins(teleport.caPins())
        .start(Duration.ofSeconds(30));
  }

  private static void kubeconfig(Bot bot, String cluster, String... roles) {
    try (KubernetesAccess access = KubernetesAccess.to(bot, cluster, roles)) {
      assertThat(access.kubeconfig().toYaml()).contains("client-certificate-data");
    }
  }

  /** What each connection carried; calls that run side by side come in any order, so by name. */
  private List<String> connections() {
    return teleport.connections().stream().map(this::connection).toList();
  }

  private String connection(RecordedConnection connection) {
    String who = connection.user().isPresent() ? "certificate" : "nobody";
    return calls(connection).sorted().collect(joining(" ", who + ": ", ""));
  }

  private Stream<String> calls(RecordedConnection connection) {
    return teleport.requests().stream()
        .filter(request -> request.connection() == connection.number())
        .map(StartCostTest::call);
  }

  private static String call(RecordedRequest request) {
    String path = request.path();
    boolean grpc = path.startsWith("/proto.") || path.startsWith("/teleport.");
    return grpc ? path.substring(path.lastIndexOf('/') + 1) : path;
  }

  @Test
  void start_throughTheProxy_takesThreeConnectionsAndEightCalls() {
    try (Bot bot = throughProxy()) {
      kubeconfig(bot, KUBE);
    }

    assertThat(connections())
        .containsExactly(
            "nobody: /v1/webapi/host/credentials /webapi/find",
            "certificate: GenerateUserCerts GetCertAuthorities GetCertAuthorities GetCertAuthorities GetRole",
            "certificate: ListResources");
  }

  @Test
  void start_directly_asksForThePinAndTheProxyToo() {
    try (Bot bot = direct()) {
      kubeconfig(bot, KUBE);
    }

    assertThat(connections())
        .containsExactlyInAnyOrder(
            "nobody: GetClusterCACert",
            "nobody: /v2/ /v2/tokens/register",
            "nobody: ", // asks for the join service, which version 16 has not
            "certificate: GenerateUserCerts GetCertAuthorities GetCertAuthorities GetCertAuthorities GetRole Ping",
            "nobody: /webapi/find",
            "certificate: ListResources");
  }

  @Test
  void start_withRolesGiven_doesNotAskForThem() {
    try (Bot bot = throughProxy()) {
      kubeconfig(bot, KUBE, "example-role");
    }

    assertThat(connections())
        .contains(
            "certificate: GenerateUserCerts GetCertAuthorities GetCertAuthorities GetCertAuthorities");
  }

  @Test
  void secondCluster_costsOneCertificate() {
    try (Bot bot = throughProxy()) {
      kubeconfig(bot, KUBE);
      int before = teleport.requests().size();
      kubeconfig(bot, "second");

      assertThat(teleport.requests().subList(before, teleport.requests().size()))
          .extracting(StartCostTest::call)
          .containsExactly("GenerateUserCerts");
    }
    assertThat(teleport.connections()).hasSize(3);
  }

  @Test
  void newCluster_thatTheLastListingLacks_isLookedForAgain() {
    try (Bot bot = throughProxy()) {
      kubeconfig(bot, KUBE);
      teleport.addKubernetesCluster("third", Map.of("env", "test"));
      int before = teleport.requests().size();
      kubeconfig(bot, "third");

      assertThat(teleport.requests().subList(before, teleport.requests().size()))
          .extracting(StartCostTest::call)
          .containsExactly("GenerateUserCerts", "ListResources");
    }
  }

  @Test
  void discoveredName_costsTwoCertificatesMore() {
    try (Bot bot = throughProxy()) {
      kubeconfig(bot, "in-the-cloud");
    }

    assertThat(connections())
        .containsExactly(
            "nobody: /v1/webapi/host/credentials /webapi/find",
            "certificate: GenerateUserCerts GenerateUserCerts GenerateUserCerts GetCertAuthorities GetCertAuthorities GetCertAuthorities GetRole",
            "certificate: ListResources");
  }

  @Test
  void cluster_thatNoRoleGrants_isNotFoundThoughItExists() {
    try (Bot bot = throughProxy()) {
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> KubernetesAccess.to(bot, "hidden"))
          .withMessageContaining("sees: " + KUBE + ", second")
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }
  }
}
