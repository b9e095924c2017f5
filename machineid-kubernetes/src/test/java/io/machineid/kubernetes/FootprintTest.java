package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.BotMetrics;
import io.machineid.Credential;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.kubernetes.internal.Surroundings;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What rotations leave behind in the process: nothing. */
class FootprintTest {

  private static final String KUBE = "example-k8s-cluster";

  private static final int ROTATIONS = 50;

  private final ManualTime time = new ManualTime(TestClock.running());

  @Test
  void rotations_ofAllClients_leaveThreadsAndSocketsAsTheyWere() throws Exception {
    try (TestCluster teleport = cluster();
        Bot bot = bot(teleport)) {
      Credential issued = KubernetesAccess.to(bot, KUBE).credential().current();
      StubCredential credential = new StubCredential(issued);
      try (KubernetesAccess access = access(bot.kubernetesEndpoint(), credential)) {
        Map<Subject.Kind, Subject> subjects = new EnumMap<>(Subject.Kind.class);
        for (Subject.Kind kind : Subject.Kind.values()) {
          subjects.put(kind, kind.on(access));
        }
        askAll(subjects);
        rotate(credential, issued, 2);
        askAll(subjects);
        Footprint before = Footprint.now();

        for (int generation = 3; generation < ROTATIONS + 3; generation++) {
          rotate(credential, issued, generation);
          askAll(subjects);
        }

        // the JDK's client of Java 17 ends its selector when it has been collected
        await()
            .pollInterval(Duration.ofMillis(200))
            .untilAsserted(
                () -> {
                  Footprint now = Footprint.now();
                  assertThat(now.sockets()).as("sockets").isLessThanOrEqualTo(before.sockets() + 2);
                  assertThat(now.threads())
                      .as("threads")
                      .hasSizeLessThanOrEqualTo(before.threads().size() + 2);
                });
      }
    }
  }

  private static void askAll(Map<Subject.Kind, Subject> subjects) throws Exception {
    for (Subject subject : subjects.values()) {
      assertThat(subject.pods()).contains("Pod");
    }
  }

  private static void rotate(StubCredential credential, Credential issued, int generation) {
    credential.rotate(
        new Credential(
            generation,
            issued.certificate(),
            issued.exposePrivateKey(),
            issued.hostAuthorities(),
            issued.userAuthorities(),
            issued.sshCertificate(),
            issued.sshHostAuthorities()));
  }

  private static TestCluster cluster() {
    TestCluster teleport = TestCluster.builder().kubernetesCluster(KUBE, Map.of()).start();
    teleport.createFullAccessRole("example-role");
    return teleport;
  }

  private static Bot bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
        .start(Duration.ofSeconds(30));
  }

  private KubernetesAccess access(KubernetesEndpoint endpoint, StubCredential credential) {
    return new KubernetesAccess(
        "test.example",
        new KubernetesCluster(KUBE, Map.of()),
        endpoint,
        credential,
        new Surroundings(time, time, new EnvironmentProxySelector(Map.of()), new BotMetrics() {}));
  }
}
