package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.EnvironmentProxySelector;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestHttpProxy;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A bot behind an HTTP proxy. The cluster's host exists for the proxy alone. */
class ProxiedBotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String HOST = "teleport.example.invalid";
  private static final String KUBERNETES = "example-k8s-cluster";
  private static final String PASSWORD = "pa55word";

  private final ProxySelector selectorBefore = ProxySelector.getDefault();
  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<BotEvent> events = new CopyOnWriteArrayList<>();
  private final TestHttpProxy proxy = TestHttpProxy.start();
  private final TestCluster teleport =
      TestCluster.builder()
          .clock(clock)
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
    Authenticator.setDefault(null);
    teleport.close();
    proxy.close();
  }

  private static void environment(Map<String, String> variables) {
    ProxySelector.setDefault(new EnvironmentProxySelector(variables));
  }

  private Bot start(Way way) {
    teleport.createRole(
        """
        kind: role
        version: v7
        metadata: {name: example-role}
        spec:
          allow:
            kubernetes_labels: {'*': '*'}
            kubernetes_groups: [editor]
        """);
    Bot.Builder bot =
        Bot.builder()
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .webRoots(List.of(teleport.webAuthority()))
            .clock(clock)
            .scheduler(scheduler)
            .listener(events::add);
    String auth = teleport.authAddress().replace("localhost", HOST);
    return switch (way) {
      case PROXY -> bot.proxy(teleport.proxyAddress()).start(SOON);
      case AUTH_SERVER -> bot.authServer(auth).caPins(teleport.caPins()).start(SOON);
    };
  }

  private MachineIdException startFails(Way way) {
    MachineIdException error =
        catchThrowableOfType(MachineIdException.class, () -> start(way).close());
    assertThat(error)
        .as("started")
        .isNotNull()
        .hasMessageContaining("localhost:" + proxy.port())
        .hasMessageContaining(" at " + HOST);
    assertThat(error.getMessage()).doesNotContain(PASSWORD);
    return error;
  }

  private void goesOn(Way way) {
    try (Bot bot = start(way)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);

      scheduler.advance(bot, Duration.ofMinutes(21));
      assertThat(bot.identity().generation()).hasValue(2);
      assertThat(live.current().generation()).isEqualTo(2);

      assertThat(teleport.connections()).hasSizeLessThanOrEqualTo(proxy.requests().size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void bot_behindAProxy_joinsAndRenewsThroughIt(Way way) {
    environment(Map.of("https_proxy", proxy.url()));

    goesOn(way);

    assertThat(proxy.requests()).allMatch(request -> request.startsWith("CONNECT " + HOST + ":"));
    assertThat(events).noneMatch(BotEvent.RenewalFailed.class::isInstance);
  }

  @ParameterizedTest
  @EnumSource
  void proxy_withAPassword_isToldIt(Way way) {
    proxy.requirePassword("user", PASSWORD);
    environment(Map.of("HTTPS_PROXY", proxy.url()));

    goesOn(way);
  }

  @ParameterizedTest
  @EnumSource
  void proxy_ofTheJvmsSelector_isToldTheAuthenticatorsPassword(Way way) {
    proxy.requirePassword("user", PASSWORD);
    ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("localhost", proxy.port())));
    Authenticator.setDefault(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            return getRequestorType() == RequestorType.PROXY
                ? new PasswordAuthentication("user", PASSWORD.toCharArray())
                : null;
          }
        });

    goesOn(way);
  }

  @Test
  void authorities_thatChange_areSeenThroughTheProxy() {
    environment(Map.of("HTTPS_PROXY", proxy.url()));
    try (Bot bot = start(Way.PROXY)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      teleport.rotateHostAuthority(RotationPhase.INIT);
      scheduler.goOn(
          bot,
          () -> {
            assertThat(events).anyMatch(BotEvent.AuthoritiesChanged.class::isInstance);
            assertThat(bot.certificateAuthorities().host()).hasSize(2);
            assertThat(live.current().generation()).isEqualTo(2);
          });
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);

      proxy.dropConnections();
      assertThat(bot.kubernetesClusters(List.of())).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void proxy_toldTheWrongPassword_isNamedWithoutIt(Way way) {
    proxy.requirePassword("user", "other");
    environment(
        Map.of("HTTPS_PROXY", "http://user:%s@localhost:%d".formatted(PASSWORD, proxy.port())));

    MachineIdException error = startFails(way);

    assertThat(error.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(error.retryable()).isFalse();
    assertThat(error).hasMessageContaining("407").hasMessageContaining("HTTPS_PROXY");
  }

  @ParameterizedTest
  @EnumSource
  void proxy_toldNoPassword_saysWhereToPutIt(Way way) {
    proxy.requirePassword("user", PASSWORD);
    environment(Map.of("HTTPS_PROXY", "http://localhost:" + proxy.port()));

    assertThat(startFails(way))
        .hasMessageContaining("407")
        .hasMessageContaining("http://user:password@host:port");
  }

  @ParameterizedTest
  @EnumSource
  void proxy_thatRefuses_isNamedWithItsStatus(Way way) {
    proxy.refuseWith(403);
    environment(Map.of("HTTPS_PROXY", proxy.url()));

    MachineIdException error = startFails(way);

    assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(error.retryable()).isFalse();
    assertThat(error)
        .hasMessageContaining("403")
        .hasMessageContaining("NO_PROXY")
        .message()
        .doesNotContain("used up the token");
  }

  @ParameterizedTest
  @EnumSource
  void proxy_thatCannotReachTheCluster_mayLater(Way way) {
    teleport.close();
    environment(Map.of("HTTPS_PROXY", proxy.url()));

    MachineIdException error = startFails(way);

    assertThat(error).hasMessageContaining("502");
    assertThat(error.retryable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void proxy_thatIsDown_isNamedAndNotTheCluster(Way way) {
    environment(Map.of("HTTPS_PROXY", proxy.url()));
    proxy.close();

    MachineIdException error = startFails(way);

    assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(error.retryable()).isTrue();
    assertThat(error).hasMessageContaining("HTTPS_PROXY");
  }

  @ParameterizedTest
  @EnumSource
  void host_thatNoProxyNames_isReachedDirectly(Way way) {
    environment(Map.of("HTTPS_PROXY", proxy.url(), "no_proxy", "example.invalid"));

    MachineIdException error =
        catchThrowableOfType(MachineIdException.class, () -> start(way).close());

    assertThat(error).hasMessageContaining("cannot be resolved");
    assertThat(proxy.requests()).isEmpty();
  }

  @Test
  void host_thatNoProxyNamesByTheSelector_isReachedDirectly() {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
    String local = teleport.authAddress();
    Bot.builder()
        .authServer(local)
        .caPins(teleport.caPins())
        .join(JoinMethod.token(teleport.addBot("example").token()))
        .start(SOON)
        .close();

    assertThat(proxy.requests()).isEmpty();
  }
}
