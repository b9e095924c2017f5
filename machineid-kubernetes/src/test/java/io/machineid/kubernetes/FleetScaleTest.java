package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of clusters in one process: one more comes at run time, broken ones do not harm the
 * others, and threads stay few.
 */
class FleetScaleTest {

  private static final int CLUSTERS = 500;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int HANDS = 16;
  private static final int IDLE_CLIENTS = 32;

  /** A client may end a moment after the next one has begun. */
  private static final int ENDING = HANDS;

  private final AtomicLong mostClients = new AtomicLong();

  @Test
  void fiveHundredClusters_areServed_oneMoreComes_andThreeBreak() throws Exception {
    long before = FleetCost.httpClients();
    try (TestCluster teleport = teleport();
        Bot bot = bot(teleport);
        KubernetesFleet fleet =
            KubernetesFleet.builder(bot)
                .select(ClusterSelector.all())
                .roles("fleet")
                .concurrency(HANDS)
                .open(LONG)) {
      assertThat(fleet.clusters()).hasSize(CLUSTERS).allMatch(each -> each.error().isEmpty());
      assertThat(fleet.kubeconfig().contextNames()).hasSize(CLUSTERS).doesNotHaveDuplicates();
      assertThat(calls(teleport, "GenerateUserCerts")).isEqualTo(CLUSTERS + 1L);
      assertThat(calls(teleport, "ListResources")).isEqualTo(1);
      assertThat(teleport.connections()).hasSize(3);
      assertThat(FleetCost.httpClients()).as("the bot's own").isLessThanOrEqualTo(before + 2);

      assertThat(ask(fleet)).hasSize(CLUSTERS).doesNotContainValue(false);
      oneMoreComes(teleport, fleet);
      threeBreak(teleport, fleet);

      assertThat(mostClients.get()).isLessThanOrEqualTo(before + IDLE_CLIENTS + HANDS + ENDING);
    }
  }

  private static TestCluster teleport() {
    var builder = TestCluster.builder();
    IntStream.range(0, CLUSTERS)
        .forEach(i -> builder.kubernetesCluster("kube-" + i, Map.of("number", "n" + i)));
    TestCluster teleport = builder.start();
    teleport.createFullAccessRole("fleet");
    return teleport;
  }

  private static Bot bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "fleet").token()))
        .start(LONG);
  }

  private Map<String, Boolean> ask(KubernetesFleet fleet) throws InterruptedException {
    return FleetFixture.succeeded(
        fleet
            .work(FleetFixture::pods)
            .concurrency(HANDS)
            .timeout(LONG)
            .onProgress(step -> mostClients.accumulateAndGet(FleetCost.httpClients(), Math::max))
            .run());
  }

  private static void oneMoreComes(TestCluster teleport, KubernetesFleet fleet) throws Exception {
    teleport.addKubernetesCluster("late", Map.of());

    fleet.refresh();

    assertThat(fleet.clusters()).hasSize(CLUSTERS + 1);
    assertThat(calls(teleport, "GenerateUserCerts")).isEqualTo(CLUSTERS + 2L);
    assertThat(calls(teleport, "ListResources")).isEqualTo(2);
    FleetCluster late = fleet.cluster("test.example-late").orElseThrow();
    assertThat(FleetFixture.pods(late)).isEqualTo(200);
  }

  private void threeBreak(TestCluster teleport, KubernetesFleet fleet) throws Exception {
    List<String> broken = List.of("kube-0", "kube-250", "late");
    broken.forEach(teleport::removeKubernetesCluster);

    Map<String, Boolean> outcomes = ask(fleet);

    assertThat(outcomes).hasSize(CLUSTERS + 1);
    assertThat(outcomes.keySet().stream().filter(name -> !outcomes.get(name)))
        .containsExactlyInAnyOrderElementsOf(broken);
    fleet.refresh();
    assertThat(fleet.clusters()).hasSize(CLUSTERS + 1 - broken.size());
  }

  private static long calls(TestCluster teleport, String name) {
    return teleport.requests().stream()
        .filter(request -> FleetFixture.call(request).equals(name))
        .count();
  }
}
