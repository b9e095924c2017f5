package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code machineid proxy kube}: its kubeconfig comes, and goes with it. */
class ProxyKubeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String KUBE = "example-k8s-cluster";

  @TempDir Path temporary;
  private TestCluster cluster;
  private String token;
  private Stop stop;
  private Surroundings surroundings;

  @BeforeEach
  void startCluster() throws IOException {
    cluster = TestCluster.builder().loadBalancer().kubernetesCluster(KUBE, Map.of()).start();
    cluster.createRole(
        """
        kind: role
        version: v7
        metadata: {name: example-role}
        spec:
          allow:
            kubernetes_labels: {'*': '*'}
            kubernetes_groups: [editor]
        """);
    token = cluster.addBot("example", "example-role").token();
    Path roots = Files.writeString(temporary.resolve("web-ca.crt"), cluster.webAuthorityPem());
    stop = new Stop();
    surroundings = new Surroundings(Map.of("SSL_CERT_FILE", roots.toString()), stop);
  }

  @AfterEach
  void stopCluster() {
    stop.request(0);
    cluster.close();
  }

  private Cli.Result run(Path kubeconfig) {
    return run(kubeconfig, 0);
  }

  private Cli.Result run(Path kubeconfig, int port) {
    return Cli.run(
        surroundings,
        "proxy",
        "kube",
        KUBE,
        "--kubeconfig=" + kubeconfig,
        "--port=" + port,
        "--proxy-server=" + cluster.proxyAddress(),
        "--token=" + token,
        "--join-method=token",
        "--storage=memory://");
  }

  @Test
  void kubeconfig_isPrivateAndLeadsThroughThePort() throws Exception {
    Path kubeconfig = temporary.resolve("kubeconfig.yaml");
    CompletableFuture<Cli.Result> running = Cli.inBackground(() -> run(kubeconfig));

    await().atMost(PATIENCE).until(() -> Files.exists(kubeconfig) || running.isDone());
    assertThat(running.isDone() ? running.join().err() : "").isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kubeconfig)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(kubeconfig))
        .containsPattern("proxy-url: http://machineid:[0-9a-f]{64}@127\\.0\\.0\\.1:[0-9]+\n")
        .contains("server: https://" + cluster.proxyAddress() + "\n")
        .contains("tls-server-name: kube-teleport-proxy-alpn.localhost\n");

    stop.request(0);
    assertThat(running.get().code()).isZero();
    assertThat(running.get().out()).isEqualTo("KUBECONFIG=" + kubeconfig + "\n");
    assertThat(kubeconfig).doesNotExist();
  }

  @Test
  void kubeconfig_ofSomebodyElse_isLeftAlone() throws Exception {
    Path mine = Files.writeString(temporary.resolve("config"), "apiVersion: v1\n");

    Cli.Result result = run(mine);

    assertThat(result.code()).isEqualTo(ExitCodes.DESTINATION);
    assertThat(result.err()).contains("Give another name");
    assertThat(mine).hasContent("apiVersion: v1\n");
    assertThat(cluster.generationOf("example")).isZero();
  }

  @Test
  void portOrPlaceThatCannotBeHad_isNoticedBeforeTheTokenIsUsed() throws Exception {
    Path kubeconfig = temporary.resolve("kubeconfig.yaml");
    for (int none : new int[] {-1, 70_000}) {
      Cli.Result result = run(kubeconfig, none);
      assertThat(result.code()).isEqualTo(CommandLines.USAGE);
      assertThat(result.err()).contains("--port: " + none + " is no port");
    }
    try (ServerSocket taken = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Cli.Result result = run(kubeconfig, taken.getLocalPort());
      assertThat(result.code()).isEqualTo(ExitCodes.CONFIGURATION);
      assertThat(result.err()).contains("the port " + taken.getLocalPort() + " on loopback");
    }
    Cli.Result result = run(temporary.resolve("none/kubeconfig.yaml"));
    assertThat(result.code()).isEqualTo(ExitCodes.DESTINATION);
    assertThat(result.err()).contains("Check that its directory exists");
    assertThat(cluster.generationOf("example")).isZero();
    assertThat(cluster.connections()).isEmpty();
  }
}
