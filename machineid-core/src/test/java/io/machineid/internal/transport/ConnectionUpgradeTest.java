package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConnectionException;
import io.machineid.testing.FreePort;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestClusterBuilder;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding out about a load balancer, and the three forms of getting through one. */
class ConnectionUpgradeTest {

  private static final String SWITCH = "TELEPORT_TLS_ROUTING_CONN_UPGRADE";
  private static final String MODE = "TELEPORT_TLS_ROUTING_CONN_UPGRADE_MODE";
  private static final Duration LONG = Duration.ofSeconds(30);

  private static final ProxySelector DIRECT =
      new ProxySelector() {
        @Override
        public List<Proxy> select(URI uri) {
          return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
      };

  private static ConnectionUpgrade upgrade(TestCluster teleport, Map<String, String> environment) {
    return new ConnectionUpgrade(
        HostPort.parse(teleport.proxyAddress()),
        PinnedTls.trustManager(List.of(teleport.webAuthority())),
        new Dialer(DIRECT),
        UpgradeSettings.of(environment));
  }

  private static TestCluster behind(TestClusterBuilder builder) {
    return builder.start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "websocket", "legacy"})
  void upgradedConnection_reachesTheAuthServiceInEachForm(String mode) throws Exception {
    try (TestCluster teleport = behind(TestCluster.builder().loadBalancer())) {
      ConnectionUpgrade upgrade = upgrade(teleport, Map.of(MODE, mode));
      AuthRoute route =
          AuthRoute.throughProxy(
              upgrade.proxy(),
              teleport.clusterName(),
              Optional.of(upgrade),
              AuthRoute.Means.of(new Dialer(DIRECT)));

      assertThat(upgrade.isNeeded()).isTrue();
      ServerLook seen = ServerLook.at(upgrade.open(), route.serverName(), route.alpn(), LONG);

      assertThat(seen.isOfCluster()).isTrue();
      assertThat(seen.protocol()).isEqualTo("h2");
    }
  }

  @Test
  void proxyItself_needsNone() {
    try (TestCluster teleport = TestCluster.start()) {
      assertThat(upgrade(teleport, Map.of()).isNeeded()).isFalse();
    }
  }

  @Test
  void addressWhereNobodyAnswers_isNotTakenForALoadBalancer() throws Exception {
    int port = FreePort.find();
    try (TestCluster any = TestCluster.start()) {
      ConnectionUpgrade upgrade =
          new ConnectionUpgrade(
              new HostPort("localhost", port),
              PinnedTls.trustManager(List.of(any.webAuthority())),
              new Dialer(DIRECT),
              UpgradeSettings.of(Map.of()));

      assertThat(upgrade.isNeeded()).isFalse();
      assertThat(upgrade.known()).isEmpty();
    }
  }

  @Test
  void question_thatGotNoAnswer_isNotAskedAgainForSomeSeconds() {
    AtomicInteger asked = new AtomicInteger();
    ProxySelector counting =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            asked.incrementAndGet();
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        };
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    try (TestCluster any = TestCluster.start()) {
      ConnectionUpgrade upgrade =
          new ConnectionUpgrade(
              new HostPort("no-such-host.invalid", 443),
              PinnedTls.trustManager(List.of(any.webAuthority())),
              new Dialer(counting),
              UpgradeSettings.of(Map.of()),
              now::get);

      assertThat(upgrade.isNeeded()).isFalse();
      now.addAndGet(ConnectionUpgrade.SILENCE.toNanos() - 1);
      assertThat(upgrade.isNeeded()).isFalse();
      assertThat(asked).hasValue(1);

      now.addAndGet(1);
      assertThat(upgrade.isNeeded()).isFalse();
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void balancer_thatRefusesUpgrades_isToldFromOthers() {
    try (TestCluster teleport = behind(TestCluster.builder().loadBalancerWithoutUpgrades())) {
      ConnectionUpgrade upgrade = upgrade(teleport, Map.of());

      assertThat(upgrade.isNeeded()).isTrue();
      assertThatThrownBy(upgrade::open)
          .hasCauseInstanceOf(ConnectionException.class)
          .hasMessageContaining("status 400 instead of 101")
          .hasMessageContaining("WebSocket");
      assertThat(upgrade.known()).isEmpty();
    }
  }

  @Test
  void balancer_whoseCertificateIsNotTrusted_getsNoConnection() {
    try (TestCluster teleport = behind(TestCluster.builder().loadBalancer());
        TestCluster other = TestCluster.start()) {
      ConnectionUpgrade upgrade =
          new ConnectionUpgrade(
              HostPort.parse(teleport.proxyAddress()),
              PinnedTls.trustManager(List.of(other.webAuthority())),
              new Dialer(DIRECT),
              UpgradeSettings.of(Map.of()));

      assertThatThrownBy(upgrade::open).isInstanceOf(SSLException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "yes, true",
    "0, false",
    "'other.example:443=yes', ",
    "'proxy.example:443=no;yes', false",
    "'yes, PROXY.example:443=off', false",
    "'perhaps', ",
    "'perhaps;on', true"
  })
  void environment_decides(String value, Boolean decided) {
    UpgradeSettings settings = UpgradeSettings.of(Map.of(SWITCH, value));

    assertThat(settings.decided(HostPort.parse("proxy.example:443")))
        .isEqualTo(Optional.ofNullable(decided));
  }

  @Test
  void decision_ofAPerson_isNotAskedAbout() {
    try (TestCluster teleport = TestCluster.start()) {
      ConnectionUpgrade upgrade = upgrade(teleport, Map.of(SWITCH, "yes"));
      upgrade.isNotNeeded();

      assertThat(upgrade.isNeeded()).isTrue();
      assertThat(teleport.connections()).isEmpty();
    }
  }
}
