package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.join.OracleSignedRequest;
import io.machineid.wire.join.RegisterUsingOracleMethodRequest;
import io.machineid.wire.join.RegisterUsingOracleMethodResponse;
import org.jspecify.annotations.Nullable;

/** One join by the method {@code oracle}, in which the bot speaks first. */
final class OracleCalls
    extends Talk<RegisterUsingOracleMethodRequest, RegisterUsingOracleMethodResponse> {

  private final Joining joining;
  private final Evidence evidence;
  private final Connection connection;
  private final String challenge = JoinCalls.Method.ORACLE.newChallenge();
  private @Nullable JoinRequest begun;

  OracleCalls(
      StreamObserver<RegisterUsingOracleMethodResponse> answers,
      Joining joining,
      Evidence evidence,
      Connection connection) {
    super(answers);
    this.joining = joining;
    this.evidence = evidence;
    this.connection = connection;
  }

  @Override
  void said(RegisterUsingOracleMethodRequest message) {
    JoinRequest known = begun;
    if (known == null) {
      answer(RegisterUsingOracleMethodResponse.newBuilder().setChallenge(begin(message)).build());
    } else {
      lastAnswer(
          RegisterUsingOracleMethodResponse.newBuilder()
              .setCerts(admitted(known, message))
              .build());
    }
  }

  private String begin(RegisterUsingOracleMethodRequest message) {
    if (!message.hasRegisterUsingTokenRequest()) {
      throw Refusal.bad("expected a token request");
    }
    JoinRequest request = JoinRequest.of(message.getRegisterUsingTokenRequest());
    var unused = joining.resource(JoinCalls.Method.ORACLE, request);
    begun = request;
    return challenge;
  }

  private Certs admitted(JoinRequest known, RegisterUsingOracleMethodRequest message) {
    if (!message.hasOracleRequest()) {
      throw Refusal.bad("expected a signed request");
    }
    OracleSignedRequest signed = message.getOracleRequest();
    return joining.join(
        JoinCalls.Method.ORACLE,
        known,
        connection,
        token ->
            evidence.checkOracleRequests(
                token, challenge, signed.getHeadersMap(), signed.getPayloadHeadersMap()));
  }
}
