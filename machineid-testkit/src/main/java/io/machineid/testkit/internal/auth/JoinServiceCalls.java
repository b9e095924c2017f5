package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.wire.joinv1.JoinRequest;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.JoinServiceGrpc;
import java.util.function.IntConsumer;

/** The join service of Teleport 18: all methods over one stream. */
final class JoinServiceCalls extends JoinServiceGrpc.JoinServiceImplBase {

  private final Joining joining;
  private final ClusterState state;
  private final IntConsumer resetter;

  JoinServiceCalls(Joining joining, ClusterState state, IntConsumer resetter) {
    this.joining = joining;
    this.state = state;
    this.resetter = resetter;
  }

  @Override
  public StreamObserver<JoinRequest> join(StreamObserver<JoinResponse> answers) {
    return new JoinConversation(answers, joining, state, Answers.connection(), resetter);
  }
}
