package io.machineid.kubernetes;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.RecordedRequest;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of clusters in one process: what they cost, that one more comes at run time, and that
 * broken ones do not harm the others. {@code -Dmachineid.fleet.sizes=1,10,50,500} prints the table
 * of docs/many-clusters.md.
 */
class FleetScaleTest {

  private static final String SIZES = System.getProperty("machineid.fleet.sizes", "500");
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int HANDS = 16;
  private static final int IDLE_CLIENTS = 32;

  @Test
  void fleet_ofManyClusters_worksAndDoesNotGrowThreads() throws Exception {
    List<String> table = new ArrayList<>();
    table.add(FleetCost.HEADER);
    for (int size : Arrays.stream(SIZES.split(",")).mapToInt(Integer::parseInt).toArray()) {
      try (TestCluster teleport = teleport(size);
          Bot bot = bot(teleport)) {
        table.add(measured(size, teleport, bot));
      }
    }
    table.forEach(System.out::println);
  }

  private static TestCluster teleport(int clusters) {
    var builder = TestCluster.builder();
    IntStream.range(0, clusters)
        .forEach(i -> builder.kubernetesCluster("kube-" + i, Map.of("number", "n" + i)));
    TestCluster teleport = builder.start();
    teleport.createRole(FleetFixture.ROLE);
    return teleport;
  }

  private static Bot bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "fleet").token()))
        .start(LONG);
  }

  private static String measured(int size, TestCluster teleport, Bot bot) throws Exception {
    FleetCost before = FleetCost.now();
    try (KubernetesFleet fleet =
        KubernetesFleet.builder(bot)
            .select(ClusterSelector.all())
            .roles("fleet")
            .concurrency(HANDS)
            .open(LONG)) {
      assertThat(fleet.clusters()).hasSize(size).allMatch(each -> each.error().isEmpty());
      assertThat(fleet.kubeconfig().contextNames()).hasSize(size).doesNotHaveDuplicates();
      assertThat(calls(teleport, "GenerateUserCerts")).isEqualTo(size + 1L);
      assertThat(calls(teleport, "ListResources")).isEqualTo(1);
      assertThat(teleport.connections()).hasSize(3);
      FleetCost opened = FleetCost.now();

      AtomicInteger peak = new AtomicInteger();
      assertThat(ask(fleet, peak)).hasSize(size).doesNotContainValue(false);
      FleetCost asked = settledAfter(size);

      addsOneMore(size, teleport, fleet);
      namesTheBroken(size, teleport, fleet);
      return FleetCost.row(size, before, opened, asked, peak.get(), teleport.requests());
    }
  }

  private static Map<String, Boolean> ask(KubernetesFleet fleet, AtomicInteger peak)
      throws InterruptedException {
    return FleetFixture.succeeded(
        fleet
            .work(FleetFixture::pods)
            .concurrency(HANDS)
            .timeout(LONG)
            .onProgress(step -> peak.accumulateAndGet(FleetCost.running(), Math::max))
            .run());
  }

  /** On Java 17 a JDK client ends its thread when it has been collected. */
  private static FleetCost settledAfter(int size) {
    int clients = Math.min(size, IDLE_CLIENTS);
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              FleetCost now = FleetCost.now();
              return now.selectors() <= clients + 2 && now.idleWorkers() == 0;
            });
    return FleetCost.now();
  }

  private static void addsOneMore(int size, TestCluster teleport, KubernetesFleet fleet)
      throws Exception {
    long before = calls(teleport, "GenerateUserCerts");
    teleport.addKubernetesCluster("late", Map.of());

    fleet.refresh();

    assertThat(fleet.clusters()).hasSize(size + 1);
    assertThat(calls(teleport, "GenerateUserCerts")).isEqualTo(before + 1);
    FleetCluster late = fleet.cluster("test.example-late").orElseThrow();
    assertThat(FleetFixture.pods(late)).isEqualTo(200);
  }

  private static void namesTheBroken(int size, TestCluster teleport, KubernetesFleet fleet)
      throws Exception {
    List<String> broken = Stream.of("kube-0", "kube-" + size / 2, "late").distinct().toList();
    broken.forEach(teleport::removeKubernetesCluster);

    Map<String, Boolean> outcomes = ask(fleet, new AtomicInteger());

    assertThat(outcomes).hasSize(size + 1);
    assertThat(outcomes.entrySet().stream().filter(each -> !each.getValue()).map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(broken);
    fleet.refresh();
    assertThat(fleet.clusters()).hasSize(size + 1 - broken.size());
  }

  private static long calls(TestCluster teleport, String name) {
    return callsByName(teleport.requests()).getOrDefault(name, 0L);
  }

  private static Map<String, Long> callsByName(List<RecordedRequest> requests) {
    return requests.stream().collect(groupingBy(FleetFixture::call, counting()));
  }
}
