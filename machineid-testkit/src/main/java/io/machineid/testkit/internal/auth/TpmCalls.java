package io.machineid.testkit.internal.auth;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.join.TpmEvidence;
import io.machineid.testkit.internal.join.TpmJoining;
import io.machineid.testkit.internal.join.TpmSeal;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.join.RegisterUsingTPMMethodInitialRequest;
import io.machineid.wire.join.RegisterUsingTPMMethodRequest;
import io.machineid.wire.join.RegisterUsingTPMMethodResponse;
import io.machineid.wire.join.TPMAttestationParameters;
import io.machineid.wire.join.TPMEncryptedCredential;
import org.jspecify.annotations.Nullable;

/** One join with a TPM, in which the bot speaks first. */
final class TpmCalls implements StreamObserver<RegisterUsingTPMMethodRequest> {

  private final StreamObserver<RegisterUsingTPMMethodResponse> answers;
  private final Joining joining;
  private final Evidence evidence;
  private final Connection connection;
  private @Nullable Begun begun;
  private boolean done;

  private record Begun(TpmJoining join, JoinRequest request) {}

  TpmCalls(
      StreamObserver<RegisterUsingTPMMethodResponse> answers,
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
  public void onNext(RegisterUsingTPMMethodRequest message) {
    if (done) {
      return;
    }
    try {
      Begun known = begun;
      if (known == null) {
        answers.onNext(begin(message));
      } else {
        RegisterUsingTPMMethodResponse last = solved(known, message);
        done = true;
        answers.onNext(last);
        answers.onCompleted();
      }
    } catch (Refusal e) {
      failed(e.grpcStatus());
    } catch (RuntimeException e) {
      failed(Status.UNKNOWN.withDescription("internal error").withCause(e));
    }
  }

  private RegisterUsingTPMMethodResponse begin(RegisterUsingTPMMethodRequest message) {
    if (!message.hasInit()) {
      throw Refusal.bad("expected an init message");
    }
    RegisterUsingTPMMethodInitialRequest init = message.getInit();
    TPMAttestationParameters key = init.getAttestationParams();
    JoinRequest request = JoinRequest.of(init.getJoinRequest());
    ProvisionToken token = joining.resource(JoinCalls.Method.TPM, request);
    var unused = request.keys();
    TpmEvidence shown =
        new TpmEvidence(
            init.getEkCert(),
            init.getEkKey(),
            key.getPublic(),
            key.getCreateData(),
            key.getCreateAttestation(),
            key.getCreateSignature());
    TpmJoining join = evidence.beginTpm(token, shown);
    begun = new Begun(join, request);
    TpmSeal sealed = join.sealed(shown);
    return RegisterUsingTPMMethodResponse.newBuilder()
        .setChallengeRequest(
            TPMEncryptedCredential.newBuilder()
                .setCredentialBlob(sealed.credentialBlob())
                .setSecret(sealed.secret()))
        .build();
  }

  private RegisterUsingTPMMethodResponse solved(
      Begun known, RegisterUsingTPMMethodRequest message) {
    if (!message.hasChallengeResponse()) {
      throw Refusal.bad("expected a challenge response");
    }
    byte[] solution = message.getChallengeResponse().getSolution().toByteArray();
    Certs certs =
        joining.join(
            JoinCalls.Method.TPM,
            known.request(),
            connection,
            token -> known.join().solved(solution));
    return RegisterUsingTPMMethodResponse.newBuilder().setCerts(certs).build();
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
