package io.machineid.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.internal.transport.ProxyAuthorization;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestClusterBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients by every route: a list, and a follower that hears of a new pod. */
class RoutesTest {

  private static final String KUBE = "example-k8s-cluster";

  /** How the cluster is set up. */
  private enum SetUp {
    TLS_ROUTING(builder -> builder),
    SEPARATE_PORTS(TestClusterBuilder::separatePorts),
    LOAD_BALANCER(TestClusterBuilder::loadBalancer),
    LOAD_BALANCER_AT_AN_IP_ADDRESS(builder -> builder.loadBalancer().publicHost("127.0.0.1"));

    private final UnaryOperator<TestClusterBuilder> change;

    SetUp(UnaryOperator<TestClusterBuilder> change) {
      this.change = change;
    }
  }

  /** How the bot gets in. */
  private enum Way {
    PROXY {
      @Override
      Bot.Builder into(TestCluster teleport, Bot.Builder bot) {
        return bot.proxy(teleport.proxyAddress());
      }
    },
    AUTH_SERVER {
      @Override
      Bot.Builder into(TestCluster teleport, Bot.Builder bot) {
        return bot.authServer(teleport.authAddress()).caPins(teleport.caPins());
      }
    },
    PROXY_AS_AUTH_SERVER {
      @Override
      Bot.Builder into(TestCluster teleport, Bot.Builder bot) {
        return bot.authServer(teleport.proxyAddress()).caPins(teleport.caPins());
      }
    };

    abstract Bot.Builder into(TestCluster teleport, Bot.Builder bot);
  }

  static Stream<Arguments> matrix() {
    return Stream.of(SetUp.values())
        .flatMap(
            setUp ->
                Stream.of(Way.values())
                    .flatMap(
                        way ->
                            Stream.of(Subject.Kind.values())
                                .filter(kind -> way == Way.PROXY || kind == Subject.Kind.JDK)
                                .map(kind -> Arguments.of(setUp, way, kind))));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void client_listsAndFollows(SetUp setUp, Way way, Subject.Kind kind) throws Exception {
    Queue<String> pods = new ConcurrentLinkedQueue<>();
    try (TestCluster teleport =
        setUp
            .change
            .apply(TestCluster.builder().authPort().kubernetesCluster(KUBE, Map.of()))
            .start()) {
      teleport.createFullAccessRole("example-role");
      addPod(teleport, "pod-1");
      try (Bot bot = start(teleport, way);
          KubernetesAccess access = KubernetesAccess.to(bot, KUBE);
          AutoCloseable following = kind.on(access).follow(pods::add)) {
        assertThat(kind.on(access).pods()).contains("pod-1");
        addPod(teleport, "pod-2");
        await().atMost(Duration.ofSeconds(60)).until(() -> pods.contains("pod-2"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OFFICIAL"}) // fabric8 tries again for twenty seconds
  void client_whoseTunnelIsRefused_tellsWhy(Subject.Kind kind) throws Exception {
    try (TestCluster teleport =
        TestCluster.builder()
            .authPort()
            .loadBalancerWithoutUpgrades()
            .kubernetesCluster(KUBE, Map.of())
            .start()) {
      teleport.createFullAccessRole("example-role");
      try (Bot bot = start(teleport, Way.AUTH_SERVER);
          KubernetesAccess access = KubernetesAccess.to(bot, KUBE)) {
        assertThat(catchThrowable(() -> kind.on(access).pods()))
            .hasStackTraceContaining("status 400 instead of 101")
            .hasStackTraceContaining("has to pass WebSocket upgrades on");
      }
    }
  }

  /** The tests of this module run without it. */
  @Test
  void sshLibrary_thatIsMissing_isNamed() {
    try (TestCluster teleport = TestCluster.builder().separatePorts().withoutAuthRoute().start()) {
      try (Bot bot = start(teleport, Way.PROXY)) {
        assertThat(catchThrowable(() -> bot.kubernetesClusters(List.of())))
            .hasMessageContaining("does not pass connections on to the cluster's auth service")
            .hasMessageContaining("needs an SSH library: add org.apache.sshd:sshd-core");
      }
      assertThat(
              Way.PROXY
                  .into(teleport, Bot.builder().webRoots(List.of(teleport.webAuthority())))
                  .diagnose()
                  .toText())
          .contains("PROBLEM     " + teleport.proxyAddress() + " does not pass connections on")
          .contains("Or else use the proxy's SSH tunnel at")
          .contains("add org.apache.sshd:sshd-core to the class path");
    }
  }

  @Test
  void tunnel_letsNobodyInWhoDoesNotKnowTheSecret() throws Exception {
    try (TestCluster teleport =
        TestCluster.builder().loadBalancer().kubernetesCluster(KUBE, Map.of()).start()) {
      teleport.createFullAccessRole("example-role");
      try (Bot bot = start(teleport, Way.PROXY);
          KubernetesAccess access = KubernetesAccess.to(bot, KUBE)) {
        URI server = access.endpoint().server();
        InetSocketAddress tunnel =
            (InetSocketAddress) bot.kubernetesProxies().select(server).get(0).address();
        assertThat(tunnel.getAddress().isLoopbackAddress()).isTrue();

        for (String word : List.of("", "Proxy-Authorization: Bearer x\r\n")) {
          assertThat(asked(tunnel, "CONNECT " + server.getAuthority(), word)).contains(" 407 ");
        }
        String secret =
            "Proxy-Authorization: "
                + ProxyAuthorization.of(bot.kubernetesProxies(), server).orElseThrow()
                + "\r\n";
        assertThat(asked(tunnel, "CONNECT example.com:443", secret)).contains(" 403 ");
        assertThat(asked(tunnel, "CONNECT " + server.getAuthority(), secret)).contains(" 200 ");
        bot.close();
        assertThat(askedAfterTheEnd(tunnel)).isEmpty();
      }
    }
  }

  /** The kernel may take a connection for a moment longer; nobody answers on it, ever. */
  private static String askedAfterTheEnd(InetSocketAddress tunnel) {
    try {
      return asked(tunnel, "CONNECT a:1", "", 2_000);
    } catch (IOException e) {
      return "";
    }
  }

  private static String asked(InetSocketAddress tunnel, String request, String header)
      throws IOException {
    return asked(tunnel, request, header, 60_000);
  }

  private static String asked(
      InetSocketAddress tunnel, String request, String header, int patienceMillis)
      throws IOException {
    try (Socket socket = new Socket(tunnel.getAddress(), tunnel.getPort())) {
      socket.setSoTimeout(patienceMillis);
      socket
          .getOutputStream()
          .write((request + " HTTP/1.1\r\n" + header + "\r\n").getBytes(US_ASCII));
      byte[] first = socket.getInputStream().readNBytes(16);
      return new String(first, US_ASCII);
    }
  }

  private static Bot start(TestCluster teleport, Way way) {
    return way.into(
            teleport,
            Bot.builder()
                .webRoots(List.of(teleport.webAuthority()))
                .join(JoinMethod.token(teleport.addBot("example", "example-role").token())))
        .start(Duration.ofSeconds(30));
  }

  private static void addPod(TestCluster teleport, String name) {
    teleport
        .kubernetes(KUBE)
        .add(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: default}
            spec:
              containers: [{name: main, image: example}]
            """
                .formatted(name));
  }
}
