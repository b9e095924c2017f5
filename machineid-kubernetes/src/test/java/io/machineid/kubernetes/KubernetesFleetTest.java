package io.machineid.kubernetes;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.ClosedException;
import io.machineid.CredentialException;
import io.machineid.MachineIdException.Reason;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesFleetTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final ManualTime time = new ManualTime(TestClock.stoppedAt(Instant.now()));
  private final List<FleetEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicLong mostRenewers = new AtomicLong();
  private TestCluster teleport;
  private Bot bot;

  @BeforeEach
  void start() {
    teleport =
        TestCluster.builder()
            .clock(time.clock())
            .onRequest(request -> mostRenewers.accumulateAndGet(renewers(), Math::max))
            .start();
    teleport.createFullAccessRole("fleet");
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .clock(time)
            .scheduler(time)
            .join(JoinMethod.token(teleport.addBot("example", "fleet").token()))
            .start(SOON);
  }

  @AfterEach
  void stop() {
    bot.close();
    teleport.close();
  }

  private void enrol(String name, String... labels) {
    teleport.addKubernetesCluster(
        name, labels.length == 0 ? Map.of() : Map.of(labels[0], labels[1]));
  }

  private KubernetesFleet.Builder fleet() {
    return KubernetesFleet.builder(bot).listener(events::add);
  }

  private KubernetesFleet all() {
    return fleet().select(ClusterSelector.all()).open(SOON);
  }

  private static List<String> names(KubernetesFleet fleet) {
    return fleet.clusters().stream().map(each -> each.cluster().name()).toList();
  }

  private static List<String> ready(KubernetesFleet fleet) {
    return fleet.clusters().stream()
        .filter(each -> each.error().isEmpty())
        .map(each -> each.cluster().name())
        .toList();
  }

  private static FleetCluster named(KubernetesFleet fleet, String name) {
    return fleet.clusters().stream()
        .filter(each -> each.cluster().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private <T extends FleetEvent> void awaitEvents(Class<T> type, int count) {
    await().atMost(SOON).until(() -> events.stream().filter(type::isInstance).count() >= count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40})
  void opening_costsOneCertificateForEachClusterAndEightCallsBesides(int clusters) {
    IntStream.range(0, clusters).forEach(i -> enrol("kube-" + i));

    try (KubernetesFleet fleet = all()) {
      assertThat(ready(fleet)).hasSize(clusters);
    }

    Map<String, Long> calls =
        teleport.requests().stream().collect(groupingBy(FleetFixture::call, counting()));
    assertThat(calls)
        .isEqualTo(
            Map.of(
                "/webapi/find", 1L,
                "/v1/webapi/host/credentials", 1L,
                "GetRole", 1L,
                "GetCertAuthorities", 3L,
                "ListResources", 1L,
                "GenerateUserCerts", clusters + 1L));
    assertThat(teleport.connections()).hasSize(3);
  }

  @Test
  void look_whenNothingChanged_costsOneList() {
    enrol("one");
    enrol("two");
    try (KubernetesFleet fleet = all()) {
      int before = teleport.requests().size();

      fleet.refresh();

      assertThat(teleport.requests().subList(before, teleport.requests().size()))
          .extracting(FleetFixture::call)
          .containsExactly("ListResources");
    }
  }

  @Test
  void selectors_byNameLabelAndAnyValue_chooseEachClusterOnce() {
    enrol("prod-1", "env", "prod");
    enrol("prod-2", "env", "prod");
    enrol("test-1", "env", "test");
    enrol("bare");

    try (KubernetesFleet fleet =
        fleet()
            .select(ClusterSelector.name("test-1").withDefaultNamespace("first"))
            .select(ClusterSelector.labels(Map.of("env", "prod")).withDefaultNamespace("shop"))
            .select(ClusterSelector.labels(Map.of("env", "*")))
            .select(ClusterSelector.name("prod-2").withDefaultNamespace("last"))
            .open(SOON)) {
      assertThat(names(fleet)).containsExactly("test-1", "prod-1", "prod-2");
      assertThat(fleet.clusters())
          .extracting(each -> each.defaultNamespace().orElse(""))
          .containsExactly("first", "shop", "last");
    }
    try (KubernetesFleet fleet = fleet().select(ClusterSelector.name("*")).open(SOON)) {
      assertThat(names(fleet)).containsExactly("bare", "prod-1", "prod-2", "test-1");
    }
  }

  @Test
  void brokenClusters_areNamed_andTheOthersServe() throws Exception {
    enrol("good");
    enrol("twin-1", "teleport.internal/discovered-name", "twin");
    enrol("twin-2", "teleport.internal/discovered-name", "twin");
    enrol("refused");
    teleport.faults().refuseCertificatesFor("refused");

    try (KubernetesFleet fleet =
        fleet()
            .select(ClusterSelector.name("gone"))
            .select(ClusterSelector.name("twin"))
            .select(ClusterSelector.name("refused"))
            .select(ClusterSelector.name("good"))
            .open(SOON)) {
      assertThat(ready(fleet)).containsExactly("good");
      assertThat(named(fleet, "gone").error().orElseThrow())
          .hasMessageContaining("\"gone\"")
          .satisfies(e -> assertThat(e.getMessage()).contains("sees: good, refused"));
      assertThat(named(fleet, "twin").error().orElseThrow()).hasMessageContaining("twin-1, twin-2");
      assertThat(named(fleet, "refused").error().orElseThrow())
          .isInstanceOfSatisfying(
              CredentialException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN));
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> named(fleet, "gone").access());
      assertThat(fleet.kubeconfig().contextNames()).containsExactly("test.example-good");
      awaitEvents(FleetEvent.Failed.class, 3);

      Map<String, Boolean> outcomes = FleetFixture.succeeded(fleet.work(FleetFixture::pods).run());

      assertThat(outcomes)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("good", true, "gone", false, "twin", false, "refused", false));
    }
  }

  @Test
  void brokenCluster_isTriedAgainAtEachLook_andToldOnce() {
    enrol("refused");
    teleport.faults().refuseCertificatesFor("refused");
    try (KubernetesFleet fleet = all()) {
      fleet.refresh();
      assertThat(ready(fleet)).isEmpty();

      teleport.faults().none();
      fleet.refresh();

      assertThat(ready(fleet)).containsExactly("refused");
      awaitEvents(FleetEvent.Added.class, 1);
      assertThat(events).filteredOn(FleetEvent.Failed.class::isInstance).hasSize(1);
    }
  }

  @Test
  void clusters_thatComeAndGo_areNoticedByTheTimer() throws Exception {
    enrol("stays");
    enrol("goes");
    try (KubernetesFleet fleet = all()) {
      KubernetesAccess going = named(fleet, "goes").access();
      KubernetesAccess staying = named(fleet, "stays").access();
      enrol("comes");
      teleport.removeKubernetesCluster("goes");

      time.advance(Duration.ofMinutes(5));

      await().atMost(SOON).until(() -> ready(fleet).equals(List.of("comes", "stays")));
      awaitEvents(FleetEvent.Removed.class, 1);
      assertThat(fleet.kubeconfig().contextNames())
          .containsExactly("test.example-comes", "test.example-stays");
      assertThat(FleetFixture.pods(named(fleet, "comes"))).isEqualTo(200);
      assertThat(named(fleet, "stays").access()).isSameAs(staying);
      assertThatExceptionOfType(ClosedException.class)
          .isThrownBy(() -> going.credential().current());
    }
  }

  @Test
  void name_thatDoesNotExistYet_isFoundLater() {
    try (KubernetesFleet fleet =
        fleet()
            .select(ClusterSelector.name("later"))
            .contextNameTemplate("{{ .KubeName }}@{{.Labels.env}}")
            .open(SOON)) {
      assertThat(named(fleet, "later").error()).isPresent();
      enrol("later", "env", "test");

      fleet.refresh();

      assertThat(ready(fleet)).containsExactly("later");
      assertThat(fleet.cluster("later@test")).contains(named(fleet, "later"));
      assertThat(fleet.clusters()).hasSize(1);
    }
  }

  @Test
  void listThatFails_changesNothing_andIsToldOf() {
    enrol("one");
    try (KubernetesFleet fleet = all()) {
      teleport.lockBot("example");

      time.advance(Duration.ofMinutes(5));

      awaitEvents(FleetEvent.LookFailed.class, 1);
      assertThat(ready(fleet)).containsExactly("one");
      assertThat(fleet.lastError()).isPresent();
      teleport.unlockBot("example");
      fleet.refresh();
      assertThat(fleet.lastError()).isEmpty();
    }
  }

  @Test
  void look_forWhichThereIsNoThread_isNotTheLast() {
    AtomicBoolean none = new AtomicBoolean(true);
    KubernetesFleet.Builder builder = fleet().select(ClusterSelector.all());
    builder.threads =
        task -> {
          if (none.getAndSet(false)) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          task.run();
        };
    try (KubernetesFleet fleet = builder.open(SOON)) {
      enrol("one");
      assertThatExceptionOfType(OutOfMemoryError.class)
          .isThrownBy(() -> time.advance(Duration.ofMinutes(5)));
      assertThat(names(fleet)).isEmpty();

      time.advance(Duration.ofMinutes(5));

      assertThat(names(fleet)).containsExactly("one");
    }
  }

  @Test
  void contextNames_thatAreTheSame_failTheSecondCluster() {
    enrol("a", "env", "x");
    enrol("b", "env", "x");
    try (KubernetesFleet fleet =
        fleet()
            .select(ClusterSelector.all())
            .contextNameTemplate("{{index .Labels \"env\"}}")
            .open(SOON)) {
      assertThat(ready(fleet)).containsExactly("a");
      assertThat(named(fleet, "b").error().orElseThrow())
          .hasMessageContaining("\"a\" and \"b\" would both have the context \"x\"");
      assertThat(fleet.cluster("x")).contains(named(fleet, "a"));
      assertThat(fleet.kubeconfig().contextNames()).containsExactly("x");
    }
  }

  @Test
  void work_isDoneOnManyAtATime_butNotOnMore() throws Exception {
    IntStream.range(0, 12).forEach(i -> enrol("kube-" + i));
    List<FleetProgress<Integer>> steps = new CopyOnWriteArrayList<>();
    CyclicBarrier four = new CyclicBarrier(4);
    try (KubernetesFleet fleet = all()) {
      List<FleetOutcome<Integer>> outcomes =
          fleet.<Integer>work(cluster -> meet(four)).concurrency(4).onProgress(steps::add).run();

      // Each four met: so there were four at a time, and a fifth would have broken a later round.
      assertThat(outcomes).hasSize(12).allMatch(FleetOutcome::succeeded);
      assertThat(steps)
          .extracting(FleetProgress::done)
          .isEqualTo(IntStream.rangeClosed(1, 12).boxed().toList());
      assertThat(steps).allMatch(step -> step.total() == 12);
    }
  }

  private static int meet(CyclicBarrier barrier)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    return barrier.await(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void work_whenOneThrows_hasTheOutcomesOfTheOthers() throws Exception {
    enrol("bad");
    enrol("good");
    try (KubernetesFleet fleet = all()) {
      List<FleetOutcome<String>> outcomes =
          fleet
              .work(
                  cluster -> {
                    if (cluster.cluster().name().equals("bad")) {
                      throw new IllegalStateException("on purpose");
                    }
                    return cluster.contextName();
                  })
              .run();

      assertThat(outcomes.get(0).error().orElseThrow()).hasMessage("on purpose");
      assertThat(outcomes.get(1).value()).isEqualTo("test.example-good");
    }
  }

  @Test
  void work_outOfTime_endsForThoseThatAreNotDone() throws Exception {
    enrol("quick");
    enrol("stuck");
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(2);
    try (KubernetesFleet fleet = all()) {
      FleetRun<String> run =
          fleet
              .<String>work(cluster -> stuckOn(cluster, begun, interrupted))
              .timeout(Duration.ofSeconds(30))
              .start();
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      time.advance(Duration.ofSeconds(31));

      List<FleetOutcome<String>> outcomes = run.await();
      assertThat(outcomes.get(1).error().orElseThrow())
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("PT30S");
      assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static String stuckOn(
      FleetCluster cluster, CountDownLatch begun, CountDownLatch interrupted)
      throws InterruptedException {
    begun.countDown();
    if (cluster.cluster().name().equals("stuck")) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }
    return "done";
  }

  @Test
  void work_cancelled_doesNotBeginOnTheOthers() throws Exception {
    IntStream.range(0, 5).forEach(i -> enrol("kube-" + i));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    List<String> reached = new CopyOnWriteArrayList<>();
    try (KubernetesFleet fleet = all()) {
      FleetRun<String> run =
          fleet
              .<String>work(
                  cluster -> {
                    reached.add(cluster.contextName());
                    return stuckOn(FleetFixture.called("stuck"), begun, interrupted);
                  })
              .concurrency(1)
              .start();
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      run.cancel();

      assertThat(run.await())
          .hasSize(5)
          .allSatisfy(
              outcome ->
                  assertThat(outcome.error().orElseThrow())
                      .isInstanceOf(CancellationException.class));
      assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(reached).hasSize(1);
    }
  }

  @Test
  void renewal_ofManyAtOnce_takesFewThreads_andOneFailureIsOfOneCluster() {
    IntStream.range(0, 60).forEach(i -> enrol("kube-" + i));
    try (KubernetesFleet fleet = fleet().select(ClusterSelector.all()).roles("fleet").open(SOON)) {
      teleport.faults().refuseCertificatesFor("kube-7");
      teleport.faults().delayCalls(Duration.ofMillis(20));
      mostRenewers.set(0);

      time.advance(Duration.ofMinutes(25));

      await()
          .atMost(SOON)
          .until(() -> renewed() == 59 && failedRenewals().equals(List.of("kube-7")));
      assertThat(mostRenewers.get()).isBetween(1L, 16L);
      assertThat(ready(fleet)).as("until its certificate ends").hasSize(60);
    }
  }

  private static long renewers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("machineid-renewer"))
        .count();
  }

  private long renewed() {
    return bot.health().credentials().stream().filter(each -> each.generation() == 2).count();
  }

  private List<String> failedRenewals() {
    return bot.health().credentials().stream()
        .filter(each -> each.lastError().isPresent())
        .map(each -> each.request().kubernetesCluster().orElse(""))
        .toList();
  }

  @Test
  void close_endsAccessAndRenewal_andLeavesTheBot() {
    enrol("one");
    KubernetesFleet fleet = all();
    FleetCluster one = named(fleet, "one");
    KubernetesAccess access = one.access();
    assertThat(bot.health().credentials()).hasSize(1);

    fleet.close();

    assertThat(bot.health().credentials()).isEmpty();
    assertThatExceptionOfType(ClosedException.class).isThrownBy(one::access);
    assertThatExceptionOfType(ClosedException.class).isThrownBy(fleet::refresh);
    assertThatExceptionOfType(ClosedException.class)
        .isThrownBy(() -> access.credential().current());
    assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
  }

  @Test
  void builder_withoutSelector_isAMistake() {
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> fleet().open(SOON));
  }
}
