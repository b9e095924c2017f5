package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage and an output in secrets, of a cluster that a kubeconfig names. */
class SecretOutputTest {

  private static final String KUBE = "example-k8s-cluster";

  @TempDir Path base;
  private PlainKubernetes here;
  private TestCluster cluster;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    here = new PlainKubernetes();
    cluster = TestCluster.builder().kubernetesCluster(KUBE, Map.of()).start();
    cluster.createFullAccessRole("example-role");
    Path roots = Files.writeString(base.resolve("web-ca.crt"), cluster.webAuthorityPem());
    environment.put("SSL_CERT_FILE", roots.toString());
    environment.put("KUBECONFIG", kubeconfig().toString());
    environment.put("POD_NAMESPACE", "default");
  }

  @AfterEach
  void stop() {
    cluster.close();
    here.close();
  }

  private Path kubeconfig() throws IOException {
    return here.kubeconfig(base.resolve("kubeconfig"));
  }

  private Path config() throws IOException {
    return Files.writeString(
        base.resolve("tbot.yaml"),
        """
        version: v2
        proxy_server: %s
        onboarding: {join_method: token, token: %s}
        storage: {type: kubernetes_secret, name: bot-identity}
        outputs:
        - type: kubernetes
          kubernetes_cluster: %s
          disable_exec_plugin: true
          destination: {type: kubernetes_secret, name: out, labels: {app: bot}}
        """
            .formatted(
                cluster.proxyAddress(), cluster.addBot("example", "example-role").token(), KUBE));
  }

  private Cli.Result oneshot(Path config) {
    return Cli.run(
        new Surroundings(environment, new Stop()), "start", "--oneshot", "-c", config.toString());
  }

  private String stored(String secret, String key) {
    String json = here.objects().get("Secret", "default", secret).orElseThrow();
    Matcher value =
        Pattern.compile("\"?" + Pattern.quote(key) + "\"?\\s*:\\s*\"?([A-Za-z0-9+/=]+)")
            .matcher(json);
    assertThat(value.find()).as(key).isTrue();
    return new String(Base64.getDecoder().decode(value.group(1)), StandardCharsets.UTF_8);
  }

  @Test
  void oneshot_twice_keepsTheIdentityAndTheOutputInSecrets() throws Exception {
    Path config = config();

    Cli.Result first = oneshot(config);
    String written = stored("out", "kubeconfig.yaml");
    Cli.Result second = oneshot(config);

    assertThat(first.err()).isEmpty();
    assertThat(second.err()).isEmpty();
    assertThat(second.code()).isZero();
    assertThat(cluster.generationOf("example")).isEqualTo(2);
    assertThat(written).contains("client-key-data");
    assertThat(stored("out", "kubeconfig.yaml")).isNotEqualTo(written);
    assertThat(stored("bot-identity", "tlscert")).startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void oneshot_noNamespaceOrNoCluster_saysWhatIsMissingBeforeTheTokenIsSpent() throws Exception {
    Path config = config();
    environment.remove("POD_NAMESPACE");
    assertThat(oneshot(config).err()).contains("POD_NAMESPACE").hasLineCount(1);

    environment.put("POD_NAMESPACE", "default");
    environment.remove("KUBECONFIG");
    assertThat(oneshot(config).err()).contains("this process is in no pod").hasLineCount(1);

    environment.put("KUBECONFIG", base.resolve("none").toString());
    assertThat(oneshot(config).err()).contains(base.resolve("none").toString()).hasLineCount(1);

    environment.put("KUBECONFIG", kubeconfig().toString());
    assertThat(oneshot(config).err()).isEmpty();
  }
}
