package io.machineid.testkit.internal.auth;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.ClientVersion;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Recorder;
import io.machineid.testkit.internal.state.Refusal;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** What each call passes: finds out who calls, turns away who may not, records. */
final class CallGate implements ServerInterceptor {

  static final Context.Key<Connection> CONNECTION = Context.key("connection");

  /** Run before the last message of a stream: its client may not wait for the end after it. */
  static final Context.Key<Runnable> ANSWERED = Context.key("answered");

  private static final Metadata.Key<String> VERSION =
      Metadata.Key.of("version", Metadata.ASCII_STRING_MARSHALLER);

  /** What the proxy has for those who come without a certificate. */
  private static final Set<String> JOINS =
      Set.of("proto.JoinService", "teleport.join.v1.JoinService");

  private final Function<SocketAddress, Optional<Connection>> connections;
  private final ClusterState state;
  private final Recorder recorder;

  CallGate(
      Function<SocketAddress, Optional<Connection>> connections,
      ClusterState state,
      Recorder recorder) {
    this.connections = connections;
    this.state = state;
    this.recorder = recorder;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (address == null) {
      throw new IllegalStateException("a call without an address");
    }
    Optional<Connection> announced = connections.apply(address);
    if (announced.isEmpty()) {
      call.close(Status.UNAVAILABLE.withDescription("the connection is gone"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Connection connection = announced.get();
    boolean joining = JOINS.contains(String.valueOf(call.getMethodDescriptor().getServiceName()));
    if (connection.service() == Connection.Service.JOINING && !joining) {
      call.close(unknown(call.getMethodDescriptor()), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    WatchedCall<Q, A> watched =
        new WatchedCall<>(call, connection, recorder, state.version().number());
    if (state
        .faults()
        .knowsNot(call.getMethodDescriptor().getFullMethodName(), connection.service())) {
      watched.close(unknown(call.getMethodDescriptor()), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Optional<Refusal> refusal =
        state
            .faults()
            .next()
            .or(() -> tooOld(call.getMethodDescriptor(), headers))
            .or(() -> connection.identity().flatMap(caller -> refusal(state, caller)));
    if (refusal.isPresent()) {
      watched.close(refusal.get().grpcStatus(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Context context =
        Context.current()
            .withValues(CONNECTION, connection, ANSWERED, () -> watched.record(Status.OK));
    return watched.listener(Contexts.interceptCall(context, watched, headers, next));
  }

  /** Newer clusters let nobody join who says that it is too old, or nothing that is a version. */
  private Optional<Refusal> tooOld(MethodDescriptor<?, ?> method, Metadata headers) {
    Optional<String> told = Optional.ofNullable(headers.get(VERSION));
    boolean refused =
        state.version().refusesOldClients()
            && JOINS.contains(String.valueOf(method.getServiceName()))
            && !ClientVersion.mayJoin(told, state.oldestClient());
    return refused
        ? Optional.of(
            Refusal.denied(
                "client version \"%s\" is unsupported, the minimum supported version is %s"
                    .formatted(told.orElse(""), state.oldestClient())))
        : Optional.empty();
  }

  private static Status unknown(MethodDescriptor<?, ?> method) {
    return Status.UNIMPLEMENTED.withDescription("unknown service " + method.getServiceName());
  }

  /** Why a certificate is good for nothing; empty where it is not. */
  static Optional<Refusal> refusal(ClusterState state, TlsIdentity caller) {
    String user = caller.user();
    if (state.bots().locked(user)) {
      return Optional.of(Refusal.denied("access denied"));
    }
    if (caller.botName().isPresent() && state.bots().ofUser(user).isEmpty()) {
      return Optional.of(
          Refusal.notFound("access denied\n\tuser \"%s\" not found".formatted(user)));
    }
    return Optional.empty();
  }

  private static final class WatchedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private final Connection connection;
    private final Recorder recorder;
    private final String version;
    private final Instant arrived;
    private final AtomicBoolean recorded = new AtomicBoolean();
    private boolean headersSent;

    WatchedCall(ServerCall<Q, A> call, Connection connection, Recorder recorder, String version) {
      super(call);
      this.version = version;
      this.connection = connection;
      this.recorder = recorder;
      this.arrived = recorder.now();
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headers.put(VERSION, version);
      headersSent = true;
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!headersSent) {
        trailers.put(VERSION, version);
      }
      record(status);
      super.close(status, trailers);
    }

    /** Notes too when nobody waits for the end any more. */
    ServerCall.Listener<Q> listener(ServerCall.Listener<Q> handler) {
      return new SimpleForwardingServerCallListener<>(handler) {
        @Override
        public void onCancel() {
          record(Status.CANCELLED);
          super.onCancel();
        }
      };
    }

    private void record(Status status) {
      if (recorded.compareAndSet(false, true)) {
        recorder.answered(
            connection,
            "POST",
            "/" + getMethodDescriptor().getFullMethodName(),
            status.getCode().name(),
            arrived);
      }
    }
  }
}
