package io.machineid.testkit.internal.auth;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The server's side of a stream in which both sides speak in turn. It ends once, in any way. */
abstract class Talk<Q, A> implements StreamObserver<Q> {

  private final StreamObserver<A> answers;
  private final Runnable answered = CallGate.ANSWERED.get();
  private boolean done;

  Talk(StreamObserver<A> answers) {
    this.answers = answers;
    if (answers instanceof ServerCallStreamObserver<?> call) {
      call.setOnCancelHandler(() -> done = true); // or an answer that nobody waits for is an error
    }
  }

  /** Takes what the client said; a refusal that it throws is the end. */
  abstract void said(Q message);

  @Override
  public final void onNext(Q message) {
    if (done) {
      return;
    }
    try {
      said(message);
    } catch (RuntimeException e) {
      failed(Answers.status(e));
    }
  }

  final void answer(A answer) {
    answers.onNext(answer);
  }

  final void lastAnswer(A answer) {
    done = true;
    answered.run();
    answers.onNext(answer);
    answers.onCompleted();
  }

  final void failed(Status status) {
    done = true;
    answers.onError(status.asRuntimeException());
  }

  /** Ends without a word. */
  final void fallSilent() {
    done = true;
  }

  @Override
  public final void onError(Throwable error) {
    done = true;
  }

  @Override
  public final void onCompleted() {
    if (!done) {
      failed(Status.UNKNOWN.withDescription("EOF"));
    }
  }
}
