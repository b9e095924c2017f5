package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.testkit.TestHttpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which proxy a connection goes through, to a host that exists for the proxy alone. */
class DialerTest {

  private ServerSocket server;
  private HostPort target;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    target = new HostPort("teleport.example.invalid", server.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void proxyForPlainHttp_isGoneThroughByAllButRequests() throws Exception {
    try (TestHttpProxy proxy = TestHttpProxy.start().requirePassword("user", "secret")) {
      Dialer dialer = new Dialer(new EnvironmentProxySelector(Map.of("HTTP_PROXY", proxy.url())));

      dialer.connect(target).close();

      assertThat(proxy.requests()).containsOnly("CONNECT " + target + " HTTP/1.1");
      assertThat(dialer.proxyFor(target)).contains("the HTTP proxy localhost:" + proxy.port());
      assertThat(dialer.proxyFor(URI.create("https://" + target))).isEmpty();
      assertThatThrownBy(() -> dialer.connectForRequests(target).close())
          .isInstanceOf(UnknownHostException.class);
    }
  }

  /** As the clients themselves go, which do not know that proxy. */
  @Test
  void tunnelForOthers_goesPastTheProxyForPlainHttp() throws Exception {
    try (TestHttpProxy proxy = TestHttpProxy.start()) {
      EnvironmentProxySelector real =
          new EnvironmentProxySelector(Map.of("HTTP_PROXY", proxy.url()));
      Dialer dialer = new Dialer(real);

      try (ClientProxies clients = new ClientProxies(real, dialer);
          UpgradeTunnels tunnels = new UpgradeTunnels(clients, dialer, Optional::empty)) {
        for (ProxySelector selector : List.of(real, clients, tunnels)) {
          assertThatThrownBy(() -> UpgradeTunnels.connect(selector, target).close())
              .isInstanceOf(UnknownHostException.class);
        }
      }
      assertThat(proxy.requests()).isEmpty();
    }
  }

  @Test
  void tunnelForOthers_verifiesverifiesTheProxyByTheRootsThatWereGiven() throws Exception {
    try (TestHttpProxy proxy = TestHttpProxy.startWithTls()) {
      EnvironmentProxySelector real =
          new EnvironmentProxySelector(Map.of("HTTPS_PROXY", proxy.url()));
      Dialer dialer = new Dialer(real, TrustRoots.of(Optional.of(List.of(proxy.authority()))));

      try (ClientProxies clients = new ClientProxies(real, dialer);
          Socket socket = UpgradeTunnels.connect(clients, target)) {
        assertThat(socket.isConnected()).isTrue();
      }
      assertThat(proxy.requests()).containsOnly("CONNECT " + target + " HTTP/1.1");
    }
  }
}
