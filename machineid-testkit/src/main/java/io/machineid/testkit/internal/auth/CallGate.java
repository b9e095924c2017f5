package io.machineid.testkit.internal.auth;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.Bots;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Recorder;
import io.machineid.testkit.internal.state.Refusal;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Function;

/** What each call passes: finds out who calls, turns away who may not, records. */
final class CallGate implements ServerInterceptor {

  static final Context.Key<Connection> CONNECTION = Context.key("connection");

  private static final Metadata.Key<String> VERSION =
      Metadata.Key.of("version", Metadata.ASCII_STRING_MARSHALLER);

  private final Function<SocketAddress, Connection> connections;
  private final Bots bots;
  private final Recorder recorder;

  CallGate(Function<SocketAddress, Connection> connections, Bots bots, Recorder recorder) {
    this.connections = connections;
    this.bots = bots;
    this.recorder = recorder;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (address == null) {
      throw new IllegalStateException("a call without an address");
    }
    Connection connection = connections.apply(address);
    ServerCall<Q, A> watched = new WatchedCall<>(call, connection, recorder);
    Optional<Refusal> refusal = connection.identity().flatMap(this::refusal);
    if (refusal.isPresent()) {
      watched.close(refusal.get().grpcStatus(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Context context = Context.current().withValue(CONNECTION, connection);
    return Contexts.interceptCall(context, watched, headers, next);
  }

  private Optional<Refusal> refusal(TlsIdentity caller) {
    String user = caller.user();
    if (bots.locked(user)) {
      return Optional.of(Refusal.denied("access denied"));
    }
    if (caller.botName().isPresent() && bots.ofUser(user).isEmpty()) {
      return Optional.of(
          Refusal.notFound("access denied\n\tuser \"%s\" not found".formatted(user)));
    }
    return Optional.empty();
  }

  private static final class WatchedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private final Connection connection;
    private final Recorder recorder;
    private boolean headersSent;

    WatchedCall(ServerCall<Q, A> call, Connection connection, Recorder recorder) {
      super(call);
      this.connection = connection;
      this.recorder = recorder;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headers.put(VERSION, AuthServer.VERSION);
      headersSent = true;
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!headersSent) {
        trailers.put(VERSION, AuthServer.VERSION);
      }
      recorder.answered(
          connection,
          "POST",
          "/" + getMethodDescriptor().getFullMethodName(),
          status.getCode().name());
      super.close(status, trailers);
    }
  }
}
