package io.machineid.testkit.internal.listener;

import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.internal.auth.AuthServer;
import io.machineid.testkit.internal.auth.GrpcEndpoint;
import io.machineid.testkit.internal.kubeproxy.KubeProxy;
import io.machineid.testkit.internal.listener.HandshakeHandler.Surroundings;
import io.machineid.testkit.internal.listener.Services.Installer;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.ClientTrust;
import io.machineid.testkit.internal.ssh.TunnelServer;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Connection.Service;
import io.machineid.testkit.internal.state.Recorder;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cluster's ports, and everything behind them. Serves from its making until it is closed. */
public final class Front implements AutoCloseable {

  private static final int LOOPS = 2;
  private static final int WORKERS = 4;

  private final NioEventLoopGroup loops =
      new NioEventLoopGroup(LOOPS, new DefaultThreadFactory("machineid-testkit-io", true));
  private final DefaultEventExecutorGroup workers =
      new DefaultEventExecutorGroup(
          WORKERS, new DefaultThreadFactory("machineid-testkit-web", true));
  private final String publicHost;
  private final Recorder recorder;
  private final Listener proxy;
  private final @Nullable Listener authPort;
  private final @Nullable Listener kubernetesPort;
  private final @Nullable Listener balancer;
  private final @Nullable Listener relay;
  private final @Nullable Listener authBehind;
  private final @Nullable TunnelServer tunnel;
  private final Ports ports;
  private final AuthServer auth;
  private final GrpcEndpoint grpc;
  private final KubeProxy kubernetes;
  private final OpenConnections connections = new OpenConnections();
  private final ClientTrust trust;
  private final TlsContexts contexts;

  /**
   * Binds and serves.
   *
   * @param publicHost what the proxy is called outside
   * @param ports which ports there are
   */
  public Front(Cluster cluster, String publicHost, Ports ports) {
    this.publicHost = publicHost;
    this.ports = ports;
    recorder = cluster.recorder();
    proxy = new Listener(loops);
    authPort = ports.auth() ? new Listener(loops) : null;
    kubernetesPort = ports.kubernetes() ? new Listener(loops) : null;
    balancer = ports.balancer() == Balancer.NONE ? null : new Listener(loops);
    relay = ports.relay() ? new Listener(loops) : null;
    authBehind = ports.sshTunnel() ? new Listener(loops) : null;
    tunnel =
        authBehind == null
            ? null
            : new TunnelServer(cluster.authorities(), publicHost, authBehind::port);
    auth =
        new AuthServer(
            cluster.authorities(),
            cluster.state(),
            cluster.clock(),
            proxyAddress(),
            connections::reset);
    grpc = new GrpcEndpoint(auth, cluster.state(), recorder);
    trust = new ClientTrust(cluster.authorities(), cluster.clock());
    contexts = new TlsContexts(cluster.authorities(), trust);
    kubernetes = new KubeProxy(new KubernetesAccess(cluster.state()), cluster.clock());
    serve(cluster);
  }

  /** What the ports lead to. */
  public record Cluster(
      Authorities authorities, ClusterState state, Recorder recorder, InstantSource clock) {}

  /**
   * Which ports there are besides the proxy's web port, and what that one leads to.
   *
   * @param auth whether the auth service has one
   * @param kubernetes whether Kubernetes has one, and is not reached by the web port
   * @param authRoute whether the web port leads to the auth service
   * @param sshTunnel whether an SSH server leads to the auth service
   * @param relay whether a relay leads to the Kubernetes agents
   * @param balancer what ends TLS before the web port
   */
  public record Ports(
      boolean auth,
      boolean kubernetes,
      boolean authRoute,
      boolean sshTunnel,
      boolean relay,
      Balancer balancer) {}

  /** A load balancer before the proxy, whose address is then the cluster's. */
  public enum Balancer {
    /** There is none. */
    NONE,
    /** It ends TLS, and passes upgrades of connections on. */
    WITH_UPGRADES,
    /** It ends TLS, and passes requests on and nothing else. */
    WITHOUT_UPGRADES
  }

  private void serve(Cluster cluster) {
    JoinApi joinApi = new JoinApi(auth);
    Surroundings surroundings =
        new Surroundings(
            trust,
            recorder,
            connections,
            new Services(
                Map.of(
                    Service.AUTH,
                    auth(http(cluster, new AuthApi(joinApi))),
                    Service.JOINING,
                    new GrpcPipe(grpc)::install,
                    Service.KUBERNETES,
                    this::kubernetes,
                    Service.KUBERNETES_AGENT,
                    this::kubernetes,
                    Service.WEB,
                    web(cluster, joinApi, Balancer.WITH_UPGRADES),
                    Service.LOAD_BALANCER,
                    web(cluster, joinApi, ports.balancer()))));
    String name = cluster.authorities().clusterName();
    Routing routing =
        new Routing(
            name, kubernetesPort == null, ports.authRoute(), new RelayNames(name, cluster.state()));
    proxy.serve(routing::atProxy, contexts, surroundings);
    if (authBehind != null) {
      authBehind.serve(routing::atAuth, contexts, surroundings);
    }
    if (authPort != null) {
      authPort.serve(routing::atAuth, contexts, surroundings);
    }
    if (balancer != null) {
      balancer.serve(routing::atLoadBalancer, contexts, surroundings);
    }
    if (relay != null) {
      relay.serve(routing::atRelay, contexts, surroundings);
    }
    if (kubernetesPort != null) {
      kubernetesPort.serve(routing::atKubernetes, contexts, surroundings);
    }
  }

  private Installer web(Cluster cluster, JoinApi joinApi, Balancer passing) {
    WebApi.Addresses addresses =
        new WebApi.Addresses(
            cluster.authorities().clusterName(),
            "127.0.0.1:" + proxy.port(),
            proxyAddress(),
            kubernetesPort == null
                ? Optional.empty()
                : Optional.of("127.0.0.1:" + kubernetesPort.port()),
            tunnel == null ? Optional.empty() : Optional.of("127.0.0.1:" + tunnel.port()));
    HttpApi api = new WebApi(joinApi, addresses, cluster.state());
    return passing == Balancer.WITH_UPGRADES
        ? new HttpService(api, cluster.state().faults(), recorder, workers, proxy::begin)::install
        : http(cluster, new BalancedApi(api))::install;
  }

  private HttpService http(Cluster cluster, HttpApi api) {
    return new HttpService(api, cluster.state().faults(), recorder, workers);
  }

  private Installer auth(HttpService json) {
    GrpcPipe pipe = new GrpcPipe(grpc);
    return (pipeline, connection) -> {
      if (connection.peerChain().size() > 1) {
        Channels.close(pipeline);
      } else if (connection.protocol().equals(Routing.HTTP2)) {
        pipe.install(pipeline, connection);
      } else {
        json.install(pipeline, connection);
      }
    };
  }

  private void kubernetes(ChannelPipeline pipeline, Connection connection) {
    kubernetes.install(
        pipeline,
        connection.protocol(),
        connection.peerChain(),
        (request, arrived) ->
            recorder.answered(
                connection,
                new Recorder.Asked(request.method(), request.path(), request.isWatch(), arrived),
                Integer.toString(request.status())));
  }

  /** The proxy's address, as clients are told. */
  public String proxyAddress() {
    return publicHost + ":" + (balancer == null ? proxy : balancer).port();
  }

  /** The port of the auth service, where it has one. */
  public OptionalInt authPort() {
    return authPort == null ? OptionalInt.empty() : OptionalInt.of(authPort.port());
  }

  /** The port of Kubernetes, where it has one. */
  public OptionalInt kubernetesPort() {
    return kubernetesPort == null ? OptionalInt.empty() : OptionalInt.of(kubernetesPort.port());
  }

  /** The port of the relay, where there is one. */
  public OptionalInt relayPort() {
    return relay == null ? OptionalInt.empty() : OptionalInt.of(relay.port());
  }

  /** The port of SSH, where there is one. */
  public OptionalInt sshTunnelPort() {
    return tunnel == null ? OptionalInt.empty() : OptionalInt.of(tunnel.port());
  }

  private Stream<Listener> listeners() {
    return Stream.of(proxy, authPort, kubernetesPort, balancer, relay, authBehind)
        .filter(Objects::nonNull)
        .map(Listener.class::cast);
  }

  /** Tells watchers of an authority's new phase, and begins anew where servers do in that phase. */
  public void rotated(AuthorityType type, RotationPhase phase) {
    auth.announce(type);
    if (type == AuthorityType.HOST && phase != RotationPhase.INIT) {
      contexts.refresh();
      dropConnections();
    }
  }

  /**
   * Resets one connection.
   *
   * @return whether it was open
   */
  public boolean reset(int connection) {
    return connections.reset(connection);
  }

  /** Ends all connections without a word. */
  public void dropConnections() {
    listeners().forEach(Listener::dropConnections);
  }

  @Override
  public void close() {
    if (tunnel != null) {
      tunnel.close();
    }
    listeners().forEach(Listener::close);
    kubernetes.close();
    grpc.stop();
    // what still runs in one of these may need the next
    Channels.shutDown(loops);
    Channels.shutDown(workers);
    Channels.shutDown(grpc.loops());
  }
}
