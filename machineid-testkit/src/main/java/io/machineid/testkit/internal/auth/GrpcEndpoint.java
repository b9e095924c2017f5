package io.machineid.testkit.internal.auth;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Recorder;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server. It listens inside of this process, in the clear: the listener has ended TLS
 * before it pipes a connection here, and announces each by the address that it will come from.
 */
public final class GrpcEndpoint {

  private static final int STREAMS = 1000;
  private static final long STOP_SECONDS = 1;

  private final LocalAddress address = new LocalAddress("machineid-testkit-" + UUID.randomUUID());
  private final Map<SocketAddress, Connection> connections = new ConcurrentHashMap<>();
  private final DefaultEventLoopGroup loops =
      new DefaultEventLoopGroup(1, new DefaultThreadFactory("machineid-testkit-grpc-io", true));
  private final ExecutorService executor =
      Executors.newCachedThreadPool(new DefaultThreadFactory("machineid-testkit-grpc", true));
  private final Server server;

  /** Starts to listen. */
  public GrpcEndpoint(AuthServer auth, ClusterState state, Recorder recorder) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(QuietLocalServerChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .executor(executor)
            .maxConcurrentCallsPerConnection(STREAMS)
            .permitKeepAliveTime(1, TimeUnit.MINUTES)
            .permitKeepAliveWithoutCalls(true);
    CallGate gate = new CallGate(this::connection, state, recorder);
    auth.services()
        .forEach(service -> builder.addService(ServerInterceptors.intercept(service, gate)));
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Connection> connection(SocketAddress from) {
    return Optional.ofNullable(connections.get(from));
  }

  /** Where to pipe connections to. */
  public LocalAddress address() {
    return address;
  }

  /** Announces a connection; the address is where it has to come from. */
  public LocalAddress announce(Connection connection) {
    LocalAddress from = new LocalAddress(address.id() + "/" + connection.number());
    connections.put(from, connection);
    return from;
  }

  /** A connection is gone. */
  public void forget(LocalAddress from) {
    connections.remove(from);
  }

  /** The threads to pipe with. */
  public DefaultEventLoopGroup loops() {
    return loops;
  }

  /** Ends all calls and connections; its threads are for others to end, after the pipes. */
  public void stop() {
    server.shutdownNow();
    try {
      server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
      executor.shutdownNow();
      // a call that still runs writes its answer to the loops
      executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
