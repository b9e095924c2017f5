package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.Bot;
import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestHttpProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A way for a bot's connections, and what shows that they have taken it. */
enum MatrixRoute {
  TLS_ROUTING(MatrixClusters.SetUp.ONE_PORT, "WEB AUTH KUBERNETES"),
  SEPARATE_LISTENERS(MatrixClusters.SetUp.SEPARATE_LISTENERS, "WEB AUTH KUBERNETES"),
  LOAD_BALANCER(MatrixClusters.SetUp.LOAD_BALANCER, "LOAD_BALANCER AUTH KUBERNETES"),
  CONNECT_PROXY(MatrixClusters.SetUp.ONE_PORT, "WEB AUTH KUBERNETES") {
    @Override
    Passage enter(TestCluster teleport) {
      return new Tunnelled(TestHttpProxy.start(), ProxySelector.getDefault());
    }
  },
  AUTH_SERVER(MatrixClusters.SetUp.ONE_PORT, "AUTH WEB KUBERNETES") {
    @Override
    Bot.Builder into(TestCluster teleport, Bot.Builder bot) {
      return bot.authServer(teleport.authAddress()).caPins(teleport.caPins());
    }
  };

  private final MatrixClusters.SetUp setUp;
  private final Set<String> services;

  MatrixRoute(MatrixClusters.SetUp setUp, String services) {
    this.setUp = setUp;
    this.services = Set.of(services.split(" "));
  }

  MatrixClusters.SetUp setUp() {
    return setUp;
  }

  Bot.Builder into(TestCluster teleport, Bot.Builder bot) {
    return bot.proxy(teleport.proxyAddress());
  }

  /** What is there for one bot. */
  interface Passage extends AutoCloseable {
    /** Fails where connections have gone elsewhere. */
    void check(List<RecordedConnection> connections);

    @Override
    void close();
  }

  Passage enter(TestCluster teleport) {
    return new Passage() {
      @Override
      public void check(List<RecordedConnection> connections) {
        MatrixRoute.this.check(connections);
      }

      @Override
      public void close() {}
    };
  }

  final void check(List<RecordedConnection> connections) {
    Set<String> met =
        connections.stream().map(RecordedConnection::service).collect(Collectors.toSet());
    assertThat(met).containsAll(services);
    if (this != LOAD_BALANCER) {
      assertThat(met).doesNotContain("LOAD_BALANCER");
    }
  }

  /** All that does not lead to Teleport takes its usual way. */
  private final class Tunnelled extends ProxySelector implements Passage {
    private final TestHttpProxy proxy;
    private final ProxySelector before;

    Tunnelled(TestHttpProxy proxy, ProxySelector before) {
      this.proxy = proxy;
      this.before = before;
      ProxySelector.setDefault(this);
    }

    @Override
    public List<Proxy> select(URI uri) {
      return Stream.of(uri)
          .map(
              to ->
                  to.getHost().equals("localhost")
                      ? new Proxy(Proxy.Type.HTTP, new InetSocketAddress("localhost", proxy.port()))
                      : Proxy.NO_PROXY)
          .toList();
    }

    @Override
    public void check(List<RecordedConnection> connections) {
      MatrixRoute.this.check(connections);
      assertThat(proxy.requests())
          .hasSizeGreaterThanOrEqualTo(connections.size())
          .allMatch(request -> request.startsWith("CONNECT localhost:"));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

    @Override
    public void close() {
      ProxySelector.setDefault(before);
      proxy.close();
    }
  }
}
