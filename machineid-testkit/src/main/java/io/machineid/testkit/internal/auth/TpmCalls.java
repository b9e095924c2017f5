package io.machineid.testkit.internal.auth;

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
final class TpmCalls extends Talk<RegisterUsingTPMMethodRequest, RegisterUsingTPMMethodResponse> {

  private final Joining joining;
  private final Evidence evidence;
  private final Connection connection;
  private @Nullable Begun begun;

  private record Begun(TpmJoining join, JoinRequest request) {}

  TpmCalls(
      StreamObserver<RegisterUsingTPMMethodResponse> answers,
      Joining joining,
      Evidence evidence,
      Connection connection) {
    super(answers);
    this.joining = joining;
    this.evidence = evidence;
    this.connection = connection;
  }

  @Override
  void said(RegisterUsingTPMMethodRequest message) {
    Begun known = begun;
    if (known == null) {
      answer(begin(message));
    } else {
      lastAnswer(solved(known, message));
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
}
