package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.machineid.Bot;
import io.machineid.CredentialException;
import io.machineid.MachineIdException.Reason;
import io.machineid.config.KubernetesSelector;
import io.machineid.config.NameTemplate;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.internal.pki.Pem;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetOutputTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration GATHERED = Duration.ofSeconds(2);
  private static final Map<String, String> PROD = Map.of("env", "prod");

  private final ManualTime time = new ManualTime(TestClock.stoppedAt(Instant.now()));
  private TestCluster teleport;
  private Bot bot;

  private void start(int version) {
    teleport = TestCluster.builder().teleportVersion(version).clock(time.clock()).start();
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

  private KubernetesFleet.Builder fleet() {
    return KubernetesFleet.builder(bot)
        .commonCredential()
        .refreshInterval(Duration.ofDays(1))
        .select(KubernetesSelector.labelled(PROD));
  }

  private static String text(FileSet files, String name) {
    return new String(files.content(name), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 18})
  void change_isToldWhenSomethingIsDifferent_andOnlyThen(int version) {
    start(version);
    teleport.addKubernetesCluster("one", PROD);
    try (KubernetesFleet fleet = fleet().open(SOON)) {
      FleetOutput output = FleetOutput.of(bot, fleet);
      AtomicInteger told = new AtomicInteger();
      output.onChange(told::incrementAndGet);
      FileSet first = output.files();

      fleet.refresh();
      teleport.addKubernetesCluster("of-others", Map.of());
      fleet.refresh();
      time.advance(GATHERED);
      assertThat(told).hasValue(0);
      assertThat(output.files().sameAs(first)).isTrue();

      teleport.addKubernetesCluster("two", PROD);
      teleport.addKubernetesCluster("three", PROD);
      fleet.refresh();
      time.advance(GATHERED);
      assertThat(told).hasValue(1);
      assertThat(text(output.files(), "kubeconfig.yaml")).contains("test.example-three");
      assertThat(output.files().sameAs(first)).isFalse();

      teleport.removeKubernetesCluster("two");
      fleet.refresh();
      time.advance(GATHERED);
      assertThat(told).hasValue(2);
      assertThat(text(output.files(), "kubeconfig.yaml")).doesNotContain("test.example-two");
    }
  }

  @Test
  void rotation_isToldOnce_howeverManyClustersShareTheCredential() throws Exception {
    start(18);
    teleport.addKubernetesCluster("one", PROD);
    teleport.addKubernetesCluster("two", PROD);
    try (KubernetesFleet fleet =
        fleet().credentialLifetime(Duration.ofMinutes(10), Duration.ofMinutes(4)).open(SOON)) {
      FleetOutput output = FleetOutput.of(bot, fleet);
      AtomicInteger told = new AtomicInteger();
      output.onChange(told::incrementAndGet);
      Instant end = output.notAfter();
      assertThat(end).isBetween(time.instant().plusSeconds(595), time.instant().plusSeconds(605));

      // Listeners are told in their order: when this one is, the fleet has been.
      CountDownLatch rotated = new CountDownLatch(1);
      fleet.commonCredential().onRotation(next -> rotated.countDown());
      time.advance(Duration.ofMinutes(4));
      assertThat(rotated.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(told).hasValue(0);
      time.advance(GATHERED);

      assertThat(output.notAfter()).isAfter(end);
      assertThat(told).hasValue(1);
      assertThat(text(output.files(), "key"))
          .isEqualTo(Pem.privateKey(fleet.commonCredential().current().exposePrivateKey()));
    }
  }

  @Test
  void clusterAskedForByName_thatLeaves_leavesNothingToWrite() {
    start(18);
    teleport.addKubernetesCluster("one", PROD);
    teleport.addKubernetesCluster("tools", Map.of());
    try (KubernetesFleet fleet = fleet().select(KubernetesSelector.named("tools")).open(SOON)) {
      FleetOutput output = FleetOutput.of(bot, fleet);
      assertThat(output.files().names()).endsWith("identity", "kubeconfig.yaml");

      teleport.removeKubernetesCluster("tools");
      fleet.refresh();

      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(output::files)
          .withMessageContaining("tools")
          .extracting(CredentialException::reason)
          .isEqualTo(Reason.NOT_FOUND);
    }
  }

  @Test
  void clusters_thatAllFail_leaveNothingToWrite() {
    start(16);
    teleport.addKubernetesCluster("one", PROD);
    teleport.faults().refuseCertificatesFor("one");
    try (KubernetesFleet fleet = fleet().open(SOON)) {
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(FleetOutput.of(bot, fleet)::files)
          .withMessageContaining("one");
    }
  }

  @Test
  void template_ofAConfiguration_mayNameASingleCluster() {
    start(16);
    teleport.addKubernetesCluster("one", PROD);
    try (KubernetesFleet fleet = fleet().contextNameTemplate(NameTemplate.of("mine")).open(SOON)) {
      assertThat(fleet.kubeconfig().contextNames()).containsExactly("mine");
    }
  }

  @Test
  void fleetWithoutCommonCredential_isRefused() {
    start(16);
    try (KubernetesFleet fleet =
        KubernetesFleet.builder(bot).select(ClusterSelector.all()).open(SOON)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> FleetOutput.of(bot, fleet))
          .withMessageContaining("commonCredential()");
    }
  }

  @Test
  void pluginFile_ofClustersThatMovedToPaths_losesItsKeys() {
    start(18);
    teleport.addKubernetesCluster("one", PROD);
    ExecPlugin plugin = ExecPlugin.of("plugin");
    MemoryDestination destination = Destination.memory();
    try (KubernetesFleet fleet = fleet().open(SOON)) {
      FleetOutput output = FleetOutput.of(bot, fleet).withExecPlugins(plugin, name -> plugin);
      output.write(destination);
      assertThat(destination.list())
          .contains("kubeconfig.yaml")
          .doesNotContain(ExecCredential.CLUSTERS_FILE);

      destination.write(
          FileSet.builder()
              .addText(ExecCredential.CLUSTERS_FILE, "{\"one\":{\"key\":\"old\"}}")
              .build());
      output.write(destination);

      assertThat(destination.read(ExecCredential.CLUSTERS_FILE))
          .hasValueSatisfying(left -> assertThat(left).asString().isEqualTo("{}\n"));
    }
  }

  @Test
  void pluginFile_findsTheCredentialOfACluster_andSaysWhenThereIsNone() {
    start(16);
    teleport.addKubernetesCluster("one", PROD);
    teleport.addKubernetesCluster("two", PROD);
    ExecPlugin plugin = ExecPlugin.of("plugin");
    try (KubernetesFleet fleet = fleet().open(SOON)) {
      FileSet files = FleetOutput.of(bot, fleet).withExecPlugins(plugin, name -> plugin).files();
      String credentials = text(files, ExecCredential.CLUSTERS_FILE);

      String found = ExecCredential.ofClustersFile(credentials, "two", time.instant()).toJson();
      String key =
          Pem.privateKey(
              fleet
                  .cluster("test.example-two")
                  .orElseThrow()
                  .access()
                  .credential()
                  .current()
                  .exposePrivateKey());

      assertThat(found).contains(key.lines().toList().get(2));
      assertThat(text(files, "kubeconfig.yaml")).doesNotContain("client-key-data");
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> ExecCredential.ofClustersFile(credentials, "three", time.instant()))
          .withMessageContaining("three");
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> ExecCredential.ofClustersFile("{\"two\": 7}", "two", time.instant()))
          .withMessageContaining("not an object of objects");
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> ExecCredential.ofClustersFile("secret", "two", time.instant()))
          .withMessageContaining("not JSON")
          .withMessageNotContaining("secret");
    }
  }
}
