package io.machineid;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FreePort;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestHttpProxy;
import io.machineid.testkit.TestSocksProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person reads, to the letter, where a proxy on the way to the cluster is the problem. */
class DiagnosisOfProxiesTest {

  private static final String HOST = "teleport.example.invalid";
  private static final String PASSWORD = "pa55word";

  private final ProxySelector selectorBefore = ProxySelector.getDefault();
  private final TestSocksProxy socks = TestSocksProxy.start();
  private final TestHttpProxy http = TestHttpProxy.start();
  private final TestHttpProxy secure = TestHttpProxy.startWithTls();
  private final TestCluster teleport =
      TestCluster.builder()
          .publicHost(HOST)
          .kubernetesCluster("example-k8s-cluster", Map.of())
          .start();

  @AfterEach
  void close() {
    ProxySelector.setDefault(selectorBefore);
    teleport.close();
    socks.close();
    http.close();
    secure.close();
  }

  private String diagnosis(Map<String, String> environment) {
    ProxySelector.setDefault(new EnvironmentProxySelector(environment));
    Diagnosis diagnosis =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token("0123456789abcdef"))
            .diagnose();
    assertThat(diagnosis.toText()).doesNotContain(PASSWORD);
    assertThat(teleport.requests()).as("no token is sent").isEmpty();
    return diagnosis.toText()
        + diagnosis.problem().flatMap(Diagnosis.Finding::problem).map(Reason::name).orElse("");
  }

  /** The whole text: where it goes, by what, and what is wrong. */
  private String told(String proxy, String problem, Reason reason) {
    return """
        address     %1$s, through the %2$s
        PROBLEM     GET /webapi/find at %1$s: %3$s
        Nothing was joined, and no token sent.
        %4$s"""
        .formatted(teleport.proxyAddress(), proxy, problem, reason);
  }

  @Test
  void httpProxy_thatIsNotThere() throws Exception {
    String proxy = "localhost:" + FreePort.find();

    assertThat(diagnosis(Map.of("HTTPS_PROXY", "http://" + proxy)))
        .isEqualTo(
            told(
                "HTTP proxy " + proxy,
                "the proxy %s cannot be used: the connection was refused. Check HTTPS_PROXY, ALL_PROXY or the JVM's proxy settings (scheme, host and port), and that the proxy runs"
                    .formatted(proxy),
                Reason.UNREACHABLE));
  }

  @Test
  void httpProxy_whoseNameDoesNotResolve() {
    assertThat(diagnosis(Map.of("HTTPS_PROXY", "http://no-such-proxy.invalid:3128")))
        .isEqualTo(
            told(
                "HTTP proxy no-such-proxy.invalid:3128",
                "the proxy no-such-proxy.invalid:3128 cannot be used: its name cannot be resolved. Check HTTPS_PROXY, ALL_PROXY or the JVM's proxy settings (scheme, host and port), and that the proxy runs",
                Reason.UNREACHABLE));
  }

  @Test
  void httpProxy_thatWantsCredentials() {
    http.requirePassword("user", PASSWORD);
    String proxy = "localhost:" + http.port();

    assertThat(diagnosis(Map.of("HTTPS_PROXY", "http://" + proxy)))
        .isEqualTo(
            told(
                "HTTP proxy " + proxy,
                "the HTTP proxy %s answered with status 407: it wants a user and a password. Put them into HTTPS_PROXY (http://user:password@host:port), or set a java.net.Authenticator where the JVM's own settings name the proxy"
                    .formatted(proxy),
                Reason.CONFIGURATION));
  }

  @Test
  void httpProxy_withWrongCredentials() {
    http.requirePassword("user", "another");
    String proxy = "localhost:" + http.port();

    assertThat(diagnosis(Map.of("HTTPS_PROXY", "http://user:" + PASSWORD + "@" + proxy)))
        .isEqualTo(
            told(
                "HTTP proxy " + proxy,
                "the HTTP proxy %s answered with status 407: it does not take the user and the password that it was told. Correct those in HTTPS_PROXY (%%-escaped), or of the JVM's Authenticator"
                    .formatted(proxy),
                Reason.CONFIGURATION));
  }

  /** As some proxies answer where 407 would be in its place. */
  @Test
  void httpProxy_withWrongCredentials_thatAnswersAsAServer() {
    http.refuseWith(401);
    String proxy = "localhost:" + http.port();

    assertThat(diagnosis(Map.of("HTTPS_PROXY", "http://user:" + PASSWORD + "@" + proxy)))
        .isEqualTo(
            told(
                "HTTP proxy " + proxy,
                "the HTTP proxy %s answered with status 401: it does not take the user and the password that it was told. Correct those in HTTPS_PROXY (%%-escaped), or of the JVM's Authenticator"
                    .formatted(proxy),
                Reason.CONFIGURATION));
  }

  @Test
  void httpProxy_thatCannotReachTheCluster() {
    http.refuseWith(502);
    String proxy = "localhost:" + http.port();

    assertThat(diagnosis(Map.of("HTTPS_PROXY", "http://" + proxy)))
        .isEqualTo(
            told(
                "HTTP proxy " + proxy,
                "the HTTP proxy %s answered with status 502: it cannot reach the server now. Check the address, and the proxy"
                    .formatted(proxy),
                Reason.UNREACHABLE));
  }

  @Test
  void httpsProxy_whoseCertificateIsOfAPrivateCa() {
    String proxy = "localhost:" + secure.port();

    assertThat(diagnosis(Map.of("HTTPS_PROXY", secure.url())))
        .isEqualTo(
            told(
                "HTTPS proxy " + proxy,
                "the certificate of the proxy %s is not trusted: no CA that is trusted here has issued it (Path does not chain with any of the trust anchors). If a private CA issued it, give that CA's certificate: webRoots, or SSL_CERT_FILE; if the name is wrong, correct HTTPS_PROXY; if the proxy speaks no TLS, it is http://"
                    .formatted(proxy),
                Reason.CONFIGURATION));
    assertThat(secure.requests()).isEmpty();
  }

  /** Who takes the beginning of TLS for a request, and answers it in the clear. */
  private static void refuse(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        if (client.getInputStream().read(new byte[2000]) > 0) {
          client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
        }
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void httpsProxy_thatSpeaksNoTls() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> refuse(plain));
      server.setDaemon(true);
      server.start();
      String proxy = "localhost:" + plain.getLocalPort();

      assertThat(diagnosis(Map.of("HTTPS_PROXY", "https://" + proxy)))
          .isEqualTo(
              told(
                  "HTTPS proxy " + proxy,
                  "the proxy %s does not speak TLS. If it is meant to be spoken to in the clear, it is http:// in HTTPS_PROXY"
                      .formatted(proxy),
                  Reason.CONFIGURATION));
    }
  }

  @Test
  void socksProxy_thatIsNotThere() throws Exception {
    String proxy = "localhost:" + FreePort.find();

    assertThat(diagnosis(Map.of("ALL_PROXY", "socks5://" + proxy)))
        .isEqualTo(
            told(
                "SOCKS proxy " + proxy,
                "the proxy %s cannot be used: the connection was refused. Check HTTPS_PROXY, ALL_PROXY or the JVM's proxy settings (scheme, host and port), and that the proxy runs"
                    .formatted(proxy),
                Reason.UNREACHABLE));
  }

  @Test
  void socksProxy_whoseRulesForbidIt() {
    socks.refuseWith(2);
    String proxy = "localhost:" + socks.port();

    assertThat(diagnosis(Map.of("ALL_PROXY", socks.url())))
        .isEqualTo(
            told(
                "SOCKS proxy " + proxy,
                "the SOCKS proxy %s answered with code 2 (not allowed by its rules): it refuses a tunnel to this server. Have the proxy's rules changed, or name the host in NO_PROXY if it can be reached directly"
                    .formatted(proxy),
                Reason.UNREACHABLE));
  }

  @Test
  void socksProxy_thatCannotReachTheCluster() {
    socks.refuseWith(5);
    String proxy = "localhost:" + socks.port();

    assertThat(diagnosis(Map.of("ALL_PROXY", socks.url())))
        .isEqualTo(
            told(
                "SOCKS proxy " + proxy,
                "the SOCKS proxy %s answered with code 5 (connection refused): it cannot reach the server now. Check the address, and the proxy"
                    .formatted(proxy),
                Reason.UNREACHABLE));
  }

  @Test
  void socksProxy_thatWantsCredentials() {
    socks.requirePassword("user", PASSWORD);
    String proxy = "localhost:" + socks.port();

    assertThat(diagnosis(Map.of("ALL_PROXY", "socks5://" + proxy)))
        .isEqualTo(
            told(
                "SOCKS proxy " + proxy,
                "the SOCKS proxy %s wants a user and a password. Put them into ALL_PROXY or HTTPS_PROXY (socks5://user:password@host:port), or set java.net.socks.username and java.net.socks.password where the JVM's own settings name the proxy"
                    .formatted(proxy),
                Reason.CONFIGURATION));
  }

  @Test
  void socksProxy_withWrongCredentials() {
    socks.requirePassword("user", "another");
    String proxy = "localhost:" + socks.port();

    assertThat(diagnosis(Map.of("ALL_PROXY", "socks5://user:" + PASSWORD + "@" + proxy)))
        .isEqualTo(
            told(
                "SOCKS proxy " + proxy,
                "the SOCKS proxy %s does not take the user and the password that it was told. Correct those in ALL_PROXY or HTTPS_PROXY (%%-escaped), or of the JVM's Authenticator"
                    .formatted(proxy),
                Reason.CONFIGURATION));
  }
}
