package io.machineid.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.Credential;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The port that kubectl is told: what a program does that knows the kubeconfig, and others do. */
class KubernetesTunnelTest {

  private static final String KUBE = "example-k8s-cluster";

  private TestCluster teleport;
  private Bot bot;
  private KubernetesAccess access;

  private void start(boolean balanced) {
    var builder = TestCluster.builder().kubernetesCluster(KUBE, Map.of());
    teleport = (balanced ? builder.loadBalancer() : builder).start();
    teleport.createFullAccessRole("example-role");
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .start(Duration.ofSeconds(30));
    access = KubernetesAccess.to(bot, KUBE);
  }

  @AfterEach
  void stop() {
    access.close();
    bot.close();
    teleport.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void program_withTheKubeconfig_listsPodsThroughThePort(boolean balanced) throws Exception {
    start(balanced);
    try (KubernetesTunnel tunnel = KubernetesTunnel.open(access, 0)) {
      URI proxy = URI.create(tunnel.kubeconfig().exposeProxyUrl().orElseThrow());
      assertThat(tunnel.kubeconfig().toYaml()).contains("proxy-url: " + proxy);
      assertThat(tunnel.toString()).doesNotContain(proxy.getUserInfo());

      assertThat(connect(tunnel, "machineid:0").status()).contains(" 407 ");
      Tunnelled open = connect(tunnel, proxy.getUserInfo());
      assertThat(open.status()).contains(" 200 ");
      assertThat(pods(open.socket())).startsWith("HTTP/1.1 200 ");
    }
    assertThat(teleport.requests())
        .anyMatch(request -> request.path().equals("/api/v1/namespaces/default/pods"));
  }

  @ParameterizedTest
  @ValueSource(booleans = false)
  void port_thatIsTakenOrNone_isNamed(boolean balanced) {
    start(balanced);
    try (KubernetesTunnel tunnel = KubernetesTunnel.open(access, 0)) {
      assertThatThrownBy(() -> KubernetesTunnel.open(access, tunnel.port()).close())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("the port " + tunnel.port());
    }
    for (int none : new int[] {-1, 65_536}) {
      assertThatThrownBy(() -> KubernetesTunnel.open(access, none).close())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(none + " is no port");
    }
  }

  private record Tunnelled(Socket socket, String status) {}

  private Tunnelled connect(KubernetesTunnel tunnel, String userInfo) throws IOException {
    Socket socket = new Socket("127.0.0.1", tunnel.port());
    socket.setSoTimeout(60_000);
    String request =
        "CONNECT %s HTTP/1.1\r\nProxy-Authorization: Basic %s\r\n\r\n"
            .formatted(
                access.endpoint().server().getAuthority(),
                Base64.getEncoder().encodeToString(userInfo.getBytes(US_ASCII)));
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    return new Tunnelled(socket, head.toString());
  }

  private String pods(Socket tunnel) throws IOException {
    Credential credential = access.credential().current();
    String name = access.endpoint().verifiedName();
    try (Socket tls =
        PinnedTls.context(
                name,
                credential.exposePrivateKey(),
                credential.certificate(),
                credential.hostAuthorities())
            .getSocketFactory()
            .createSocket(tunnel, name, 443, true)) {
      tls.getOutputStream()
          .write(
              "GET /api/v1/namespaces/default/pods HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      return new String(tls.getInputStream().readNBytes(20), US_ASCII);
    }
  }
}
