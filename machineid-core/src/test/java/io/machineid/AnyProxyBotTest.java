package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestHttpProxy;
import io.machineid.testkit.TestSocksProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A bot behind a SOCKS5 proxy, or an HTTP proxy that is spoken to by TLS. The cluster's host exists
 * for the proxy alone.
 */
class AnyProxyBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String HOST = "teleport.example.invalid";
  private static final String KUBERNETES = "example-k8s-cluster";
  private static final String PASSWORD = "pa55word";

  private final ProxySelector selectorBefore = ProxySelector.getDefault();
  private final TestSocksProxy socks = TestSocksProxy.start();
  private final TestHttpProxy secure = TestHttpProxy.startWithTls();
  private final TestCluster teleport =
      TestCluster.builder()
          .teleportVersion(17) // whose keys are made quickly
          .publicHost(HOST)
          .authPort()
          .kubernetesCluster(KUBERNETES, Map.of())
          .start();

  /** How a bot gets in: the first exchange is one of HTTP, or one of gRPC. */
  private enum Way {
    PROXY,
    AUTH_SERVER
  }

  @AfterEach
  void close() {
    ProxySelector.setDefault(selectorBefore);
    teleport.close();
    socks.close();
    secure.close();
  }

  private static void environment(String variable, String value) {
    ProxySelector.setDefault(new EnvironmentProxySelector(Map.of(variable, value)));
  }

  private Bot.Builder bot(Way way, X509Certificate... moreRoots) {
    Bot.Builder bot =
        Bot.builder()
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .webRoots(
                Stream.concat(Stream.of(teleport.webAuthority()), Stream.of(moreRoots)).toList());
    return way == Way.PROXY
        ? bot.proxy(teleport.proxyAddress())
        : bot.authServer(teleport.authAddress().replace("localhost", HOST))
            .caPins(teleport.caPins());
  }

  private void goesThrough(Bot.Builder builder) {
    teleport.createFullAccessRole("example-role");
    try (Bot bot = builder.start(SOON)) {
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
      assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current().generation())
          .isEqualTo(1);
      assertThat(bot.kubernetesEndpoint().server().getHost()).isEqualTo(HOST);
    }
  }

  private MachineIdException fails(Bot.Builder builder) {
    MachineIdException error =
        catchThrowableOfType(MachineIdException.class, () -> builder.start(SOON).close());
    assertThat(error).as("started").isNotNull();
    assertThat(error.getMessage()).doesNotContain(PASSWORD);
    return error;
  }

  @ParameterizedTest
  @EnumSource
  void socksProxy_isGoneThrough_andResolvesTheName(Way way) {
    environment("ALL_PROXY", socks.url());

    goesThrough(bot(way));

    assertThat(socks.requests()).allMatch(request -> request.startsWith("CONNECT " + HOST + ":"));
    assertThat(teleport.connections()).hasSizeLessThanOrEqualTo(socks.requests().size());
  }

  @ParameterizedTest
  @EnumSource
  void socksProxy_thatWantsAPassword_isToldIt(Way way) {
    socks.requirePassword("user", PASSWORD);
    environment("HTTPS_PROXY", socks.url());

    goesThrough(bot(way));
  }

  @Test
  void socksProxy_ofTheJvmsSelector_isGoneThrough() {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI target) {
            return List.of(
                new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("localhost", socks.port())));
          }

          @Override
          public void connectFailed(URI target, SocketAddress proxy, IOException failure) {}
        });

    goesThrough(bot(Way.PROXY));
  }

  @ParameterizedTest
  @EnumSource
  void socksProxy_toldNoPassword_saysWhereToPutIt(Way way) {
    socks.requirePassword("user", PASSWORD);
    environment("ALL_PROXY", "socks5://localhost:" + socks.port());

    MachineIdException error = fails(bot(way));

    assertThat(error.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(error)
        .hasMessageContaining("the SOCKS proxy localhost:" + socks.port())
        .hasMessageContaining("socks5://user:password@host:port");
  }

  @ParameterizedTest
  @EnumSource
  void socksProxy_toldTheWrongPassword_isNamedWithoutIt(Way way) {
    socks.requirePassword("user", "other");
    environment("ALL_PROXY", "socks5://user:%s@localhost:%d".formatted(PASSWORD, socks.port()));

    assertThat(fails(bot(way))).hasMessageContaining("does not take the user and the password");
  }

  @ParameterizedTest
  @EnumSource
  void socksProxy_whoseRulesForbidIt_isNamedWithItsCode(Way way) {
    socks.refuseWith(2);
    environment("ALL_PROXY", socks.url());

    MachineIdException error = fails(bot(way));

    assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(error.retryable()).isFalse();
    assertThat(error).hasMessageContaining("code 2").hasMessageContaining("NO_PROXY");
  }

  @Test
  void socksProxy_thatCannotReachTheCluster_mayLater() {
    socks.refuseWith(5);
    environment("ALL_PROXY", socks.url());

    assertThat(fails(bot(Way.PROXY)).retryable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void secureProxy_isGoneThrough(Way way) {
    environment("HTTPS_PROXY", secure.url());

    goesThrough(bot(way, secure.authority()));

    assertThat(secure.requests()).allMatch(request -> request.startsWith("CONNECT " + HOST + ":"));
    assertThat(teleport.connections()).hasSizeLessThanOrEqualTo(secure.requests().size());
  }

  @ParameterizedTest
  @EnumSource
  void secureProxy_thatWantsAPassword_isToldIt(Way way) {
    secure.requirePassword("user", PASSWORD);
    environment("HTTPS_PROXY", secure.url());

    goesThrough(bot(way, secure.authority()));
  }

  @ParameterizedTest
  @EnumSource
  void secureProxy_whoseCertificateNobodyVouchesFor_isToldNothing(Way way) {
    secure.requirePassword("user", PASSWORD);
    environment("HTTPS_PROXY", secure.url());

    MachineIdException error = fails(bot(way));

    assertThat(error.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(error)
        .hasMessageContaining("the certificate of the proxy localhost:" + secure.port())
        .hasMessageContaining("webRoots");
    assertThat(secure.requests()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void diagnosis_namesTheProxy(Way way) {
    environment("ALL_PROXY", socks.url());

    assertThat(bot(way).diagnose().toText())
        .contains(", through the SOCKS proxy localhost:" + socks.port())
        .contains("Nothing is wrong");
  }
}
