package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.CredentialException;
import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a join token to pods, through the proxy of a fake cluster. */
class EndToEndTest {

  private static final String KUBE = "example-k8s-cluster";

  private static TestCluster teleport;

  @BeforeAll
  static void startCluster() {
    teleport =
        TestCluster.builder()
            .kubernetesCluster(KUBE, Map.of("teleport.internal/discovered-name", "as-in-the-cloud"))
            .start();
    teleport.createFullAccessRole("example-role");
    addPod("pod-1");
  }

  @AfterAll
  static void stopCluster() {
    teleport.close();
  }

  @ParameterizedTest
  @EnumSource
  void pods_eachClient_areListedOverThePinnedName(Subject.Kind kind) throws Exception {
    int before = teleport.connections().size();
    try (Bot bot = bot("list-" + kind.ordinal(), Duration.ofMinutes(20));
        KubernetesAccess access = KubernetesAccess.to(bot, KUBE)) {
      assertThat(kind.on(access).pods()).contains("pod-1");
    }

    assertThat(kubernetesConnections(before))
        .isNotEmpty()
        .allSatisfy(
            connection -> {
              assertThat(connection.serverName())
                  .hasValueSatisfying(name -> assertThat(name).startsWith("kube-teleport-proxy-"));
              assertThat(connection.protocol()).isEqualTo("h2");
            });
  }

  @ParameterizedTest
  @EnumSource
  void clients_overThreeRotations_failNoRequestAndMissNoPod(Subject.Kind kind) throws Exception {
    Queue<String> pods = new ConcurrentLinkedQueue<>();
    int before = teleport.connections().size();
    try (Bot bot = bot("rotate-" + kind.ordinal(), Duration.ofSeconds(1));
        KubernetesAccess access = KubernetesAccess.to(bot, KUBE);
        AutoCloseable following = kind.on(access).follow(pods::add)) {
      Subject subject = kind.on(access);
      do {
        assertThat(subject.pods()).contains("pod-1");
      } while (access.credential().current().generation() < 4);
      assertThat(subject.pods()).contains("pod-1");
      String pod = "late-" + kind.ordinal();
      addPod(pod);
      await().untilAsserted(() -> assertThat(pods).contains(pod));
    }

    // a slow machine may skip a generation, but the first and the last are never the same one
    assertThat(kubernetesConnections(before)).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void kubeconfig_ofTheAccess_namesBothClusters() {
    try (Bot bot = bot("text", Duration.ofMinutes(20));
        KubernetesAccess access = KubernetesAccess.to(bot, "as-in-the-cloud", "example-role")) {
      Kubeconfig config = Kubeconfig.parse(access.kubeconfig().toYaml());

      assertThat(config.contextName()).isEqualTo("test.example-" + KUBE);
      assertThat(config.endpoint()).isEqualTo(access.endpoint());
      assertThat(config.notAfter()).contains(access.credential().current().notAfter());
    }
  }

  @Test
  void access_unknownCluster_namesThoseThatTheBotSees() {
    try (Bot bot = bot("unknown", Duration.ofMinutes(20))) {
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> KubernetesAccess.to(bot, "elsewhere"))
          .withMessageContaining(KUBE)
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }
  }

  private static Bot bot(String name, Duration renewalInterval) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot(name, "example-role").token()))
        .renewalInterval(renewalInterval)
        .start(Duration.ofSeconds(30));
  }

  private static List<RecordedConnection> kubernetesConnections(int from) {
    List<RecordedConnection> all = teleport.connections();
    return all.subList(from, all.size()).stream()
        .filter(connection -> connection.service().equals("KUBERNETES"))
        .filter(connection -> !connection.user().equals(Optional.empty()))
        .toList();
  }

  private static void addPod(String name) {
    teleport
        .kubernetes(KUBE)
        .add(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: default}
            spec:
              containers: [{name: main, image: example}]
            """
                .formatted(name));
  }
}
