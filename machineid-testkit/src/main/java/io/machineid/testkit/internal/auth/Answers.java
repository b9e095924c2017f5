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
    finish(observer, answer);
  }

  /** Gives the last answer of a stream, or refuses. */
  static <T> void finish(StreamObserver<T> observer, Supplier<T> answer) {
    T value;
    try {
      value = answer.get();
    } catch (Refusal e) {
      observer.onError(e.grpcStatus().asRuntimeException());
      return;
    } catch (RuntimeException e) {
      observer.onError(
          Status.UNKNOWN.withDescription("internal error").withCause(e).asRuntimeException());
      return;
    }
    observer.onNext(value);
    observer.onCompleted();
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
