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
import java.util.OptionalInt;
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
   * @param withAuthPort whether the auth service has a port of its own
   */
  public Front(Cluster cluster, String publicHost, boolean withAuthPort) {
    this.publicHost = publicHost;
    recorder = cluster.recorder();
    proxy = new Listener(loops);
    authPort = withAuthPort ? new Listener(loops) : null;
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
                    Service.WEB,
                    web(cluster, joinApi))));
    Routing routing = new Routing(cluster.authorities().clusterName());
    proxy.serve(routing::atProxy, contexts, surroundings);
    if (authPort != null) {
      authPort.serve(routing::atAuth, contexts, surroundings);
    }
  }

  private Installer web(Cluster cluster, JoinApi joinApi) {
    WebApi.Addresses addresses =
        new WebApi.Addresses(
            cluster.state().personality(),
            cluster.authorities().clusterName(),
            "127.0.0.1:" + proxy.port(),
            proxyAddress());
    return http(cluster, new WebApi(joinApi, addresses))::install;
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
    return publicHost + ":" + proxy.port();
  }

  /** The port of the auth service, where it has one. */
  public OptionalInt authPort() {
    return authPort == null ? OptionalInt.empty() : OptionalInt.of(authPort.port());
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
    proxy.dropConnections();
    if (authPort != null) {
      authPort.dropConnections();
    }
  }

  @Override
  public void close() {
    proxy.close();
    if (authPort != null) {
      authPort.close();
    }
    kubernetes.close();
    grpc.stop();
    // what still runs in one of these may need the next
    Channels.shutDown(loops);
    Channels.shutDown(workers);
    Channels.shutDown(grpc.loops());
  }
}
