package io.machineid.testkit.internal.auth;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import java.util.function.Supplier;

/** Finishing calls, and knowing who calls. */
final class Answers {

  private Answers() {}

  /** Answers once, or refuses. */
  static <T> void answer(StreamObserver<T> observer, Supplier<T> answer) {
    if (observer instanceof ServerCallStreamObserver<T> call) {
      call.setOnCancelHandler(() -> {}); // or an answer that nobody waits for is an error
    }
    T value;
    try {
      value = answer.get();
    } catch (RuntimeException e) {
      observer.onError(status(e).asRuntimeException());
      return;
    }
    observer.onNext(value);
    observer.onCompleted();
  }

  /** What a caller is told of what went wrong. */
  static Status status(RuntimeException failure) {
    return failure instanceof Refusal refusal
        ? refusal.grpcStatus()
        : Status.UNKNOWN.withDescription("internal error").withCause(failure);
  }

  /** The connection that the current call came by. */
  static Connection connection() {
    return CallGate.CONNECTION.get();
  }

  /**
   * Who calls.
   *
   * @param words what callers without a certificate are told
   */
  static TlsIdentity caller(String words) {
    return connection().identity().orElseThrow(() -> Refusal.denied(words));
  }
}
