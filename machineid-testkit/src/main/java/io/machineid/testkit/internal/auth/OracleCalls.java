package io.machineid.testkit.internal.auth;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.join.OracleSignedRequest;
import io.machineid.wire.join.RegisterUsingOracleMethodRequest;
import io.machineid.wire.join.RegisterUsingOracleMethodResponse;
import org.jspecify.annotations.Nullable;

/** One join by the method {@code oracle}, in which the bot speaks first. */
final class OracleCalls implements StreamObserver<RegisterUsingOracleMethodRequest> {

  private final StreamObserver<RegisterUsingOracleMethodResponse> answers;
  private final Joining joining;
  private final Evidence evidence;
  private final Connection connection;
  private final String challenge = JoinCalls.Method.ORACLE.newChallenge();
  private @Nullable JoinRequest begun;
  private boolean done;

  OracleCalls(
      StreamObserver<RegisterUsingOracleMethodResponse> answers,
      Joining joining,
      Evidence evidence,
      Connection connection) {
    if (answers instanceof ServerCallStreamObserver<?> call) {
      call.setOnCancelHandler(() -> done = true);
    }
    this.answers = answers;
    this.joining = joining;
    this.evidence = evidence;
    this.connection = connection;
  }

  @Override
  public void onNext(RegisterUsingOracleMethodRequest message) {
    if (done) {
      return;
    }
    try {
      RegisterUsingOracleMethodResponse answer = answer(message);
      answers.onNext(answer);
      if (answer.hasCerts()) {
        done = true;
        answers.onCompleted();
      }
    } catch (Refusal e) {
      failed(e.grpcStatus());
    } catch (RuntimeException e) {
      failed(Status.UNKNOWN.withDescription("internal error").withCause(e));
    }
  }

  private RegisterUsingOracleMethodResponse answer(RegisterUsingOracleMethodRequest message) {
    var answer = RegisterUsingOracleMethodResponse.newBuilder();
    JoinRequest known = begun;
    if (known == null) {
      if (!message.hasRegisterUsingTokenRequest()) {
        throw Refusal.bad("expected a token request");
      }
      JoinRequest request = JoinRequest.of(message.getRegisterUsingTokenRequest());
      var unused = joining.resource(JoinCalls.Method.ORACLE, request);
      begun = request;
      return answer.setChallenge(challenge).build();
    }
    if (!message.hasOracleRequest()) {
      throw Refusal.bad("expected a signed request");
    }
    OracleSignedRequest signed = message.getOracleRequest();
    return answer
        .setCerts(
            joining.join(
                JoinCalls.Method.ORACLE,
                known,
                connection,
                token ->
                    evidence.checkOracleRequests(
                        token, challenge, signed.getHeadersMap(), signed.getPayloadHeadersMap())))
        .build();
  }

  private void failed(Status status) {
    done = true;
    answers.onError(status.asRuntimeException());
  }

  @Override
  public void onError(Throwable error) {
    done = true;
  }

  @Override
  public void onCompleted() {
    if (!done) {
      failed(Status.UNKNOWN.withDescription("EOF"));
    }
  }
}
