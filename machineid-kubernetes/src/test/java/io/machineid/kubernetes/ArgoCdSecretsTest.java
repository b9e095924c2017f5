package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.DestinationException;
import io.machineid.config.KubernetesSelector;
import io.machineid.config.NameTemplate;
import io.machineid.config.OutputConfig;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArgoCdSecretsTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final KubernetesSelector PROD = KubernetesSelector.labelled(Map.of("env", "prod"));

  private static final String MAY_WRITE_ONLY =
      """
      kind: role
      version: v7
      metadata: {name: write-only}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
          kubernetes_resources:
          - {kind: secret, namespace: '*', name: '*', verbs: [create, patch]}
      """;

  private TestCluster teleport;
  private Bot bot;

  @BeforeEach
  void start() {
    teleport =
        TestCluster.builder()
            .teleportVersion(18)
            .kubernetesCluster("here", Map.of())
            .kubernetesCluster("prod-1", Map.of("env", "prod"))
            .kubernetesCluster("prod-2", Map.of("env", "prod"))
            .start();
    teleport.createFullAccessRole("fleet");
    teleport.createRole(MAY_WRITE_ONLY);
    bot = bot(teleport);
  }

  private static Bot bot(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(teleport.addBot("example", "fleet", "write-only").token()))
        .start(SOON);
  }

  @AfterEach
  void stop() {
    bot.close();
    teleport.close();
  }

  private static ArgoCdOutput output(List<String> namespaces) {
    return new ArgoCdOutput(
        new OutputConfig.ArgoCd(
            Optional.empty(),
            List.of(PROD),
            Optional.empty(),
            OutputConfig.ArgoCd.DEFAULT_SECRET_NAME_PREFIX,
            Map.of(),
            Map.of(),
            Optional.empty(),
            namespaces,
            false,
            NameTemplate.DEFAULT,
            Optional.empty()),
        "default",
        "1.0.0");
  }

  private KubernetesFleet fleet() {
    return fleet(bot);
  }

  private static KubernetesFleet fleet(Bot bot) {
    return KubernetesFleet.builder(bot).roles("fleet").commonCredential().select(PROD).open(SOON);
  }

  private List<String> secrets() {
    return teleport.kubernetes("here").names("Secret", "default").stream()
        .filter(name -> name.startsWith(OutputConfig.ArgoCd.DEFAULT_SECRET_NAME_PREFIX))
        .toList();
  }

  @Test
  void write_again_writesNothing_andSecretsOfClustersThatLeft_stay() {
    try (KubernetesFleet fleet = fleet();
        KubernetesAccess here = KubernetesAccess.to(bot, "here", "write-only");
        KubernetesClient client = Fabric8.client(here)) {
      ArgoCdSecrets secrets = ArgoCdSecrets.of(client, output(List.of()));
      secrets.prepare();
      assertThat(secrets()).isEmpty();

      assertThat(secrets.write(bot, fleet)).isEqualTo(2);
      assertThat(secrets.write(bot, fleet)).isZero();
      List<String> all = secrets();
      teleport.removeKubernetesCluster("prod-1");
      fleet.refresh();

      assertThat(secrets.write(bot, fleet)).isZero();
      assertThat(secrets()).hasSize(2).isEqualTo(all);
    }
  }

  @Test
  void write_clusterThatLeft_isWarnedOfOnce_andWrittenWhenItIsBack() {
    List<String> warnings = new CopyOnWriteArrayList<>();
    Handler handler = collecting(warnings);
    Logger log = Logger.getLogger(ArgoCdSecrets.class.getPackageName());
    log.addHandler(handler);
    try (KubernetesFleet fleet = fleet();
        KubernetesAccess here = KubernetesAccess.to(bot, "here", "fleet");
        KubernetesClient client = Fabric8.client(here)) {
      ArgoCdSecrets secrets = ArgoCdSecrets.of(client, output(List.of()));
      secrets.write(bot, fleet);
      for (int times = 0; times < 2; times++) {
        teleport.removeKubernetesCluster("prod-1");
        fleet.refresh();
        secrets.write(bot, fleet);
        assertThat(secrets.write(bot, fleet)).isZero();
        teleport.addKubernetesCluster("prod-1", Map.of("env", "prod"));
        fleet.refresh();
        assertThat(secrets.write(bot, fleet)).isEqualTo(1);
      }
    } finally {
      log.removeHandler(handler);
    }

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("cluster prod-1 has left")
        .containsPattern(
            "kubectl delete secret teleport\\.argocd-cluster\\.[0-9a-f]{16} -n default");
  }

  private static Handler collecting(List<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord entry) {
        if (entry.getLevel() == Level.WARNING) {
          messages.add(new SimpleFormatter().formatMessage(entry));
        }
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void write_clustersWithOneAddress_areRefused_andTheOneThatRemainsIsWritten() {
    try (TestCluster old =
        TestCluster.builder()
            .teleportVersion(16)
            .kubernetesCluster("prod-1", Map.of("env", "prod"))
            .kubernetesCluster("prod-2", Map.of("env", "prod"))
            .start()) {
      old.createFullAccessRole("fleet");
      old.createRole(MAY_WRITE_ONLY);
      try (Bot ofOld = bot(old);
          KubernetesFleet fleet = fleet(ofOld);
          KubernetesAccess here = KubernetesAccess.to(bot, "here", "fleet");
          KubernetesClient client = Fabric8.client(here)) {
        ArgoCdSecrets secrets = ArgoCdSecrets.of(client, output(List.of()));

        assertThatExceptionOfType(ConfigException.class)
            .isThrownBy(() -> secrets.write(ofOld, fleet))
            .withMessageContaining("2 Kubernetes clusters have the same address")
            .withMessageContaining("prod-1, prod-2. Select one of them, or update");
        assertThat(secrets()).isEmpty();
        old.removeKubernetesCluster("prod-2");
        fleet.refresh();
        assertThat(secrets.write(ofOld, fleet)).isEqualTo(1);
      }
    }
  }

  @Test
  void write_behindALoadBalancerThatEndsTls_isRefused() {
    try (TestCluster balanced =
        TestCluster.builder()
            .teleportVersion(18)
            .loadBalancer()
            .kubernetesCluster("prod-1", Map.of("env", "prod"))
            .start()) {
      balanced.createFullAccessRole("fleet");
      balanced.createRole(MAY_WRITE_ONLY);
      try (Bot behind = bot(balanced);
          KubernetesFleet fleet = fleet(behind);
          KubernetesAccess here = KubernetesAccess.to(bot, "here", "fleet");
          KubernetesClient client = Fabric8.client(here)) {
        ArgoCdSecrets secrets = ArgoCdSecrets.of(client, output(List.of()));

        assertThatExceptionOfType(ConfigException.class)
            .isThrownBy(() -> secrets.write(behind, fleet))
            .withMessageContaining("a load balancer before " + balanced.proxyAddress())
            .withMessageContaining("Let it pass TLS on");
        assertThat(secrets()).isEmpty();
      }
    }
  }

  @Test
  void write_moreThanASecretHolds_isRefusedBeforeItIsSent() {
    List<String> namespaces = Collections.nCopies(20_000, "n".repeat(63));
    try (KubernetesFleet fleet = fleet();
        KubernetesAccess here = KubernetesAccess.to(bot, "here", "fleet");
        KubernetesClient client = Fabric8.client(here)) {
      ArgoCdSecrets secrets = ArgoCdSecrets.of(client, output(namespaces));

      assertThatExceptionOfType(DestinationException.class)
          .isThrownBy(() -> secrets.write(bot, fleet))
          .withMessageContaining("Kubernetes takes 1048576")
          .withMessageContaining("1 more");
      assertThat(secrets()).isEmpty();
    }
  }
}
