package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FreePort;
import io.machineid.testing.Impostor;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestClusterBuilder;
import io.machineid.testkit.TestHttpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person reads, to the letter, for what is well and for each thing that is not. */
class DiagnosisTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String KUBERNETES = "example-k8s-cluster";
  private static final String HEX = "746573742e6578616d706c65.teleport.cluster.local";
  private static final String WELL =
      "Nothing is wrong on the way to the cluster. Nothing was joined, and no token sent.\n";
  private static final String NOT_WELL = "Nothing was joined, and no token sent.\n";

  private final ProxySelector selectorBefore = ProxySelector.getDefault();

  @AfterEach
  void restore() {
    ProxySelector.setDefault(selectorBefore);
  }

  private static TestCluster cluster(TestClusterBuilder builder) {
    return builder.kubernetesCluster(KUBERNETES, Map.of()).start();
  }

  private static Bot.Builder at(TestCluster teleport, String proxy) {
    return Bot.builder()
        .proxy(proxy)
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(TOKEN));
  }

  private static String text(Bot.Builder bot, TestCluster teleport) {
    Diagnosis diagnosis = bot.diagnose();
    assertThat(diagnosis.isWell()).as(diagnosis.toText()).isTrue();
    assertThat(teleport.requests())
        .as("no token is sent")
        .noneMatch(request -> request.method().equals("POST") && !isGrpc(request.path()));
    return diagnosis.toText();
  }

  private static boolean isGrpc(String path) {
    return path.startsWith("/proto.");
  }

  private static String problem(Bot.Builder bot, Reason reason) {
    Diagnosis diagnosis = bot.diagnose();
    assertThat(diagnosis.problem())
        .as(diagnosis.toText())
        .hasValueSatisfying(found -> assertThat(found.problem()).contains(reason));
    return diagnosis.toText();
  }

  @Test
  void tlsRouting_isToldWithAllRoutes() {
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      String proxy = teleport.proxyAddress();

      assertThat(text(at(teleport, proxy), teleport))
          .isEqualTo(
              """
              address     %1$s, directly
              found       Teleport 16.0.0-dev, cluster test.example, TLS routing
              join        https://%1$s/v1/webapi/host/credentials, SNI localhost, no ALPN needed, verified by the roots that were given (1)
              auth        %1$s, SNI %2$s, ALPN teleport-auth@%2$s h2, verified by the CA that it names itself (%3$s), for which nothing has vouched yet
              kubernetes  https://%1$s, directly, SNI kube-teleport-proxy-alpn.localhost, ALPN h2 http/1.1, verified by the same CA
              """
                      .formatted(proxy, HEX, teleport.caPins().get(0))
                  + WELL);
    }
  }

  @Test
  void separatePorts_areTold() {
    try (TestCluster teleport = cluster(TestCluster.builder().separatePorts())) {
      assertThat(text(at(teleport, teleport.proxyAddress()), teleport))
          .contains("found       Teleport 16.0.0-dev, cluster test.example, separate listeners\n")
          .contains(
              "kubernetes  https://%s, directly, SNI localhost, ALPN h2 http/1.1, verified by the same CA\n"
                  .formatted(teleport.kubernetesAddress()))
          .endsWith(WELL);
    }
  }

  @Test
  void loadBalancer_isToldWithWhatItMeans() {
    try (TestCluster teleport = cluster(TestCluster.builder().loadBalancer())) {
      assertThat(text(at(teleport, teleport.proxyAddress()), teleport))
          .contains(
              "between     a load balancer ends TLS at %s, before the proxy: connections to the auth service and to Kubernetes are upgraded there (GET /webapi/connectionupgrade). kubectl cannot do that\n"
                  .formatted(teleport.proxyAddress()))
          .contains("verified by the same CA, upgraded\n")
          .endsWith(WELL);
    }
  }

  @Test
  void authServer_isToldWithTheProxyThatItNames() {
    try (TestCluster teleport = cluster(TestCluster.builder().authPort())) {
      String auth = teleport.authAddress();
      Bot.Builder bot =
          Bot.builder()
              .authServer(auth)
              .caPins(teleport.caPins())
              .webRoots(List.of(teleport.webAuthority()));

      assertThat(text(bot, teleport))
          .isEqualTo(
              """
              address     %1$s, directly
              join        https://%1$s/v2/tokens/register, SNI teleport.cluster.local, verified by the cluster's CA as it was given
              auth        %1$s, SNI %2$s, ALPN h2, verified by the cluster's host CA (%3$s), as it was given
              kubernetes  https://%4$s, directly, SNI kube-teleport-proxy-alpn.localhost, ALPN h2 http/1.1, verified by the same CA
              """
                      .formatted(auth, HEX, teleport.caPins().get(0), teleport.proxyAddress())
                  + WELL);
    }
  }

  @Test
  void otherCaThanThatGiven_isTheProblem() {
    String pin = "sha256:" + "0".repeat(64);
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      Bot.Builder bot =
          Bot.builder()
              .authServer(teleport.proxyAddress())
              .caPins(List.of(pin))
              .webRoots(List.of(teleport.webAuthority()));

      assertThat(problem(bot, Reason.UNTRUSTED))
          .contains(
              "PROBLEM     the auth service behind %s has the CA pins %s, and not those that were given (%s). "
                  .formatted(teleport.proxyAddress(), teleport.caPins().get(0), pin));
    }
  }

  private static Bot.Builder byIam(TestCluster teleport) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.iam("example-token"));
  }

  @Test
  void joinThatAnswersAChallenge_isToldWithItsOwnWay() {
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      assertThat(text(byIam(teleport), teleport))
          .contains(
              "join        gRPC at %s, SNI localhost, ALPN teleport-proxy-grpc h2, verified by the roots that were given (1)\n"
                  .formatted(teleport.proxyAddress()));
    }
  }

  @Test
  void joinThatAnswersAChallenge_isUpgradedAtALoadBalancer() {
    try (TestCluster teleport = cluster(TestCluster.builder().loadBalancer())) {
      assertThat(text(byIam(teleport), teleport))
          .contains(
              "join        gRPC within an upgraded connection to %s, ALPN teleport-proxy-grpc h2, verified by the roots that were given (1)\n"
                  .formatted(teleport.proxyAddress()))
          .contains("between     a load balancer ends TLS at " + teleport.proxyAddress())
          .contains("Nothing is wrong on the way");
    }
  }

  @Test
  void wordsOfOthers_areMadeFitForATerminal() throws Exception {
    try (Impostor rude = finding("15.4.2", "14.0.0", "x\\u001b[2J\\u202e" + "y".repeat(9000))) {
      Bot.Builder bot = Bot.builder().proxy(rude.address()).webRoots(List.of(rude.authority()));

      assertThat(problem(bot, Reason.NOT_TELEPORT))
          .contains("cluster x?[2J?yyyy")
          .hasSizeLessThan(9000);
    }
  }

  @Test
  void httpProxy_isTold() {
    try (TestHttpProxy between = TestHttpProxy.start().requirePassword("user", "secret");
        TestCluster teleport =
            cluster(TestCluster.builder().publicHost("teleport.example.invalid"))) {
      ProxySelector.setDefault(
          new EnvironmentProxySelector(
              Map.of("HTTPS_PROXY", "http://user:secret@localhost:" + between.port())));

      Diagnosis diagnosis = at(teleport, teleport.proxyAddress()).diagnose();

      assertThat(diagnosis.findings().get(0).text())
          .isEqualTo(
              "%s, through the HTTP proxy localhost:%d"
                  .formatted(teleport.proxyAddress(), between.port()));
      assertThat(diagnosis.toText()).doesNotContain("secret");
    }
  }

  @Test
  void httpProxy_thatRefuses_isNamed() {
    try (TestHttpProxy between = TestHttpProxy.start().refuseWith(403);
        TestCluster teleport =
            cluster(TestCluster.builder().publicHost("teleport.example.invalid"))) {
      ProxySelector.setDefault(new EnvironmentProxySelector(Map.of("HTTPS_PROXY", between.url())));

      assertThat(problem(at(teleport, teleport.proxyAddress()), Reason.UNREACHABLE))
          .isEqualTo(
              """
              address     %1$s, through the HTTP proxy localhost:%2$d
              PROBLEM     GET /webapi/find at %1$s: the HTTP proxy localhost:%2$d answered with status 403: it refuses a tunnel to this server. Have the proxy's rules changed, or name the host in NO_PROXY if it can be reached directly
              """
                      .formatted(teleport.proxyAddress(), between.port())
                  + NOT_WELL);
    }
  }

  @Test
  void portForSsh_isSeen() throws Exception {
    try (ServerSocket ssh = serving("SSH-2.0-Teleport\r\n", true);
        TestCluster any = TestCluster.start()) {
      assertThat(problem(at(any, "localhost:" + ssh.getLocalPort()), Reason.UNREACHABLE))
          .isEqualTo(
              """
              address     localhost:%1$d, directly
              PROBLEM     localhost:%1$d is a port for SSH of Teleport. Give the web port of the proxy, which mostly is 443 or 3080
              """
                      .formatted(ssh.getLocalPort())
                  + NOT_WELL);
    }
  }

  /** A port that says the same to everybody, first or when it was spoken to. */
  private static ServerSocket serving(String words, boolean first) throws IOException {
    ServerSocket port = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread server =
        new Thread(
            () -> {
              while (!port.isClosed()) {
                try (Socket client = port.accept()) {
                  byte[] some = new byte[2000];
                  if (first || client.getInputStream().read(some) > 0) {
                    client.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
                  }
                  client.shutdownOutput();
                  client.getInputStream().readAllBytes();
                } catch (IOException e) {
                  Thread.onSpinWait();
                }
              }
            });
    server.setDaemon(true);
    server.start();
    return port;
  }

  @Test
  void portOfTheAuthServer_isSeen() {
    try (TestCluster teleport = cluster(TestCluster.builder().authPort())) {
      assertThat(problem(at(teleport, teleport.authAddress()), Reason.UNTRUSTED))
          .isEqualTo(
              """
              address     %1$s, directly
              PROBLEM     %1$s is the port of an auth server, and not the web port of a proxy. Give it as the auth server (auth_server, with a CA pin), or give the proxy's web port (mostly 443 or 3080)
              """
                      .formatted(teleport.authAddress())
                  + NOT_WELL);
    }
  }

  @Test
  void portOfKubernetes_isSeen() {
    try (TestCluster teleport = cluster(TestCluster.builder().separatePorts())) {
      assertThat(problem(at(teleport, teleport.kubernetesAddress()), Reason.UNTRUSTED))
          .isEqualTo(
              """
              address     %1$s, directly
              PROBLEM     %1$s is another port of a Teleport proxy (such as that for Kubernetes), and not its web port, which mostly is 443 or 3080
              """
                      .formatted(teleport.kubernetesAddress())
                  + NOT_WELL);
    }
  }

  @Test
  void plainHttp_isSeen() throws Exception {
    String answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    try (ServerSocket plain = serving(answer, false);
        TestCluster any = TestCluster.start()) {
      assertThat(problem(at(any, "localhost:" + plain.getLocalPort()), Reason.UNREACHABLE))
          .isEqualTo(
              """
              address     localhost:%1$d, directly
              PROBLEM     localhost:%1$d speaks plain HTTP, without TLS. Give the address at which TLS is spoken: that of the proxy itself, or of the load balancer that ends TLS for it
              """
                      .formatted(plain.getLocalPort())
                  + NOT_WELL);
    }
  }

  @Test
  void webSite_isNoTeleportProxy() throws Exception {
    try (Impostor site =
        new Impostor(
            exchange -> {
              exchange.sendResponseHeaders(404, -1);
            })) {
      Bot.Builder bot = Bot.builder().proxy(site.address()).webRoots(List.of(site.authority()));

      assertThat(problem(bot, Reason.NOT_TELEPORT))
          .isEqualTo(
              """
              address     %1$s, directly
              PROBLEM     %1$s answered /webapi/find with status 404 and no JSON object; a Teleport proxy answers 200 and JSON. Check the address
              """
                      .formatted(site.address())
                  + NOT_WELL);
    }
  }

  @Test
  void privateCa_isNamed() {
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      Bot.Builder bot = Bot.builder().proxy(teleport.proxyAddress());

      assertThat(problem(bot, Reason.UNTRUSTED))
          .isEqualTo(
              """
              address     %1$s, directly
              PROBLEM     the certificate at %1$s (for localhost, *.localhost) was issued by "CN=Test Web CA", which is not among the roots of the Java runtime, or is for another name. If that is your organisation's CA, give its certificate: webRoots, or SSL_CERT_FILE; if the name is wrong, correct the address
              """
                      .formatted(teleport.proxyAddress())
                  + NOT_WELL);
    }
  }

  @Test
  void loadBalancer_thatRefusesUpgrades_isTheProblem() {
    try (TestCluster teleport = cluster(TestCluster.builder().loadBalancerWithoutUpgrades())) {
      assertThat(problem(at(teleport, teleport.proxyAddress()), Reason.UNREACHABLE))
          .contains("between     a load balancer ends TLS at " + teleport.proxyAddress())
          .contains(
              "PROBLEM     GET /webapi/connectionupgrade at %s: status 400 instead of 101: the load balancer before the proxy has to pass WebSocket upgrades on. Allow them for this path, or give the address of a load balancer that passes TLS on unseen (layer 4)\n"
                  .formatted(teleport.proxyAddress()))
          .endsWith(NOT_WELL);
    }
  }

  @Test
  void proxy_thatPassesNobodyOnToAuth_isTheProblem() {
    try (TestCluster teleport = cluster(TestCluster.builder().separatePorts().withoutAuthRoute())) {
      assertThat(problem(at(teleport, teleport.proxyAddress()), Reason.UNTRUSTED))
          .contains(
              "PROBLEM     %1$s does not pass connections on to the cluster's auth service, but answers itself: it shows a certificate for localhost, *.localhost. Have TLS routing switched on (auth_service: proxy_listener_mode: multiplex), or reach the auth service by its own address (auth_server). Its SSH tunnel at %1$s is no way either: no SSH server of Teleport answers there\n"
                  .formatted(teleport.proxyAddress()));
    }
  }

  private static String find(String version, String oldestClient, String cluster) {
    return """
        {"proxy":{"kube":{"enabled":true},"ssh":{"public_addr":"localhost:1"},"tls_routing_enabled":true},
         "server_version":"%s","min_client_version":"%s","cluster_name":"%s"}"""
        .formatted(version, oldestClient, cluster);
  }

  private static Impostor finding(String version, String oldestClient) throws Exception {
    return finding(version, oldestClient, "x");
  }

  private static Impostor finding(String version, String oldestClient, String cluster)
      throws Exception {
    byte[] body = find(version, oldestClient, cluster).getBytes(StandardCharsets.UTF_8);
    return new Impostor(
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
        });
  }

  @Test
  void cluster_thatIsTooOld_isRefused() throws Exception {
    try (Impostor old = finding("15.4.2", "14.0.0")) {
      Bot.Builder bot = Bot.builder().proxy(old.address()).webRoots(List.of(old.authority()));

      assertThat(problem(bot, Reason.NOT_TELEPORT))
          .isEqualTo(
              """
              address     %1$s, directly
              found       Teleport 15.4.2, cluster x, TLS routing, which calls its address localhost:1
              PROBLEM     the cluster x runs Teleport 15.4.2; this version of machineid works with 16 and newer. Have the cluster updated
              """
                      .formatted(old.address())
                  + NOT_WELL);
    }
  }

  @Test
  void cluster_thatTakesNewerClientsOnly_isRefusedByStartToo() throws Exception {
    try (Impostor newer = finding("21.0.1", "20.0.0")) {
      String words =
          "the cluster x (Teleport 21.0.1) takes clients from version 20.0.0 on; this version of machineid speaks the protocol of";
      Bot.Builder bot =
          Bot.builder()
              .proxy(newer.address())
              .webRoots(List.of(newer.authority()))
              .join(JoinMethod.token(TOKEN));

      assertThat(problem(bot, Reason.NOT_TELEPORT)).contains("PROBLEM     " + words);
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> bot.start(Duration.ofSeconds(30)).close()))
          .isInstanceOf(ConnectionException.class)
          .hasMessageStartingWith(words);
    }
  }

  @Test
  void clock_thatIsAnHourOff_isTheProblem() {
    TestClock ahead = TestClock.running();
    ahead.advance(Duration.ofMinutes(60).plusSeconds(30));
    try (TestCluster teleport = cluster(TestCluster.builder())) {
      assertThat(problem(at(teleport, teleport.proxyAddress()).clock(ahead), Reason.UNTRUSTED))
          .isEqualTo(
              """
              address     %1$s, directly
              PROBLEM     the clock of this machine is PT1H ahead of that of %1$s; certificates would not be valid here. Set the clock (NTP)
              """
                      .formatted(teleport.proxyAddress())
                  + NOT_WELL);
    }
  }

  @Test
  void name_thatDoesNotResolve_isTheProblem() {
    try (TestCluster any = TestCluster.start()) {
      assertThat(problem(at(any, "no-such-host.invalid:443"), Reason.UNREACHABLE))
          .isEqualTo(
              """
              address     no-such-host.invalid:443, directly
              PROBLEM     GET /webapi/find at no-such-host.invalid:443: the name cannot be resolved. Check the address and DNS
              """
                  + NOT_WELL);
    }
  }

  @Test
  void port_whereNobodyListens_isTheProblem() throws Exception {
    int port = FreePort.find();
    try (TestCluster any = TestCluster.start()) {
      assertThat(problem(at(any, "localhost:" + port), Reason.UNREACHABLE))
          .isEqualTo(
              """
              address     localhost:%1$d, directly
              PROBLEM     GET /webapi/find at localhost:%1$d: the connection was refused. Check that the server runs and the port is right
              """
                      .formatted(port)
                  + NOT_WELL);
    }
  }
}
