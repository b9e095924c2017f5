package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.DestinationException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesSecretDestinationTest {

  private static final String KUBE = "example-k8s-cluster";

  private static TestCluster teleport;
  private static Bot bot;
  private static KubernetesClient client;

  @BeforeAll
  static void start() {
    teleport = TestCluster.builder().kubernetesCluster(KUBE, Map.of()).start();
    teleport.createFullAccessRole("example-role");
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token(teleport.addBot("secrets", "example-role").token()))
            .start(Duration.ofSeconds(60));
    client = Fabric8.client(KubernetesAccess.to(bot, KUBE));
  }

  @AfterAll
  static void stop() {
    bot.close();
    teleport.close();
  }

  private static KubernetesSecretDestination named(String name) {
    return KubernetesSecretDestination.of(client, "default", name, Map.of("app", "bot"));
  }

  private static FileSet files(String... namesAndTexts) {
    FileSet.Builder files = FileSet.builder();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      files.addText(namesAndTexts[i], namesAndTexts[i + 1]);
    }
    return files.build();
  }

  private static Secret stored(String name) {
    return client.secrets().inNamespace("default").withName(name).get();
  }

  @Test
  void write_noSecret_makesOneWithLabels() {
    KubernetesSecretDestination destination = named("fresh");

    destination.prepare();
    assertThat(stored("fresh")).as("prepare is a dry run").isNull();
    destination.write(files("key", "k", "kubeconfig.yaml", "c"));

    assertThat(destination.list()).containsExactly("key", "kubeconfig.yaml");
    assertThat(destination.read("key")).map(String::new).contains("k");
    assertThat(destination.read("none")).isEmpty();
    assertThat(stored("fresh").getType()).isEqualTo("Opaque");
    assertThat(stored("fresh").getMetadata().getLabels()).containsEntry("app", "bot");
    assertThat(destination.describe()).isEqualTo("Kubernetes secret default/fresh");
  }

  @Test
  void write_again_replacesItsFilesAndKeepsAllOthers() {
    KubernetesSecretDestination destination = named("again");
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("again")
                .withNamespace("default")
                .addToLabels("team", "a")
                .endMetadata()
                .withType("Opaque")
                .addToStringData("foreign", "f")
                .addToData("foreign", "Zg==")
                .build())
        .create();
    destination.write(files("key", "1", "tokenhash", "hash"));

    destination.write(files("key", "2"));

    assertThat(destination.list()).containsExactly("foreign", "key", "tokenhash");
    assertThat(destination.read("key")).map(String::new).contains("2");
    assertThat(stored("again").getMetadata().getLabels())
        .containsEntry("team", "a")
        .containsEntry("app", "bot");
  }

  @Test
  void write_manyAtOnce_loseNothing() throws Exception {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "file-" + i;
      Destination own = named("shared");
      writers.add(
          CompletableFuture.runAsync(
              () -> own.write(files(name, name)), work -> new Thread(work, name).start()));
    }

    for (CompletableFuture<Void> writer : writers) {
      writer.get(60, TimeUnit.SECONDS);
    }

    assertThat(named("shared").list()).containsExactly("file-0", "file-1", "file-2", "file-3");
  }

  @Test
  void write_moreThanASecretHolds_isRefusedBefore() {
    KubernetesSecretDestination destination = named("big");
    destination.write(files("small", "s"));
    int requests = teleport.kubernetes(KUBE).names("Secret", "default").size();

    assertThatThrownBy(() -> destination.write(files("kubeconfig.yaml", "x".repeat(1024 * 1024))))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("would hold 1048577 bytes")
        .hasMessageContaining("kubeconfig.yaml 1048576");
    destination.write(files("kubeconfig.yaml", "x".repeat(1024 * 1024 - 1)));

    assertThat(teleport.kubernetes(KUBE).names("Secret", "default")).hasSize(requests);
    assertThat(destination.read("kubeconfig.yaml").orElseThrow()).hasSize(1024 * 1024 - 1);
  }

  @Test
  void prepare_noSuchNamespace_saysSoWithoutContent() {
    Destination destination =
        KubernetesSecretDestination.of(client, "no-such-namespace", "x", Map.of());

    assertThatThrownBy(destination::prepare)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("Kubernetes secret no-such-namespace/x")
        .hasMessageContaining("404. Does the namespace exist?");
  }

  @Test
  void write_nameThatIsNoKey_isRefused() {
    assertThatThrownBy(() -> named("keys").write(files("a b", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a b'");
  }

  @Test
  void lock_twice_isRefusedUntilReleased() {
    KubernetesSecretDestination destination = named("locked");
    Destination.Lock first = destination.lock();

    assertThatThrownBy(destination::lock).isInstanceOf(DestinationException.class);

    first.close();
    first.close();
    destination.lock().close();
  }

  private static Destination by(Path kubeconfig) {
    return SecretClient.destination(
        "default", "x", Map.of(), Optional.of(kubeconfig), Optional.empty(), Map.of());
  }

  @Test
  void destination_kubeconfigWithAnEcKey_isTaken(@TempDir Path dir) throws Exception {
    try (KubernetesAccess access = KubernetesAccess.to(bot, KUBE)) {
      String direct = access.kubeconfig().toYaml().replaceAll("(?m)^ *tls-server-name:.*\\R", "");
      Path kubeconfig = Files.writeString(dir.resolve("kubeconfig"), direct);

      assertThat(by(kubeconfig).describe()).contains("default/x");
    }
  }

  @Test
  void destination_kubeconfigWithAServerName_isRefusedByIt(@TempDir Path dir) throws Exception {
    try (KubernetesAccess access = KubernetesAccess.to(bot, KUBE)) {
      Path kubeconfig = Files.writeString(dir.resolve("kubeconfig"), access.kubeconfig().toYaml());

      assertThatThrownBy(() -> by(kubeconfig))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(kubeconfig.toString())
          .hasMessageContaining("`tls-server-name`");
    }
  }
}
