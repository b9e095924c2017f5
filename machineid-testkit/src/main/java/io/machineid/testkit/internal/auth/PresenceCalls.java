package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.wire.presence.ListRemoteClustersRequest;
import io.machineid.wire.presence.ListRemoteClustersResponse;
import io.machineid.wire.presence.PresenceServiceGrpc;

/** Which clusters trust this one: none. */
final class PresenceCalls extends PresenceServiceGrpc.PresenceServiceImplBase {

  @Override
  public void listRemoteClusters(
      ListRemoteClustersRequest request, StreamObserver<ListRemoteClustersResponse> observer) {
    Answers.answer(
        observer,
        () -> {
          Answers.caller("access denied");
          return ListRemoteClustersResponse.getDefaultInstance();
        });
  }
}
