package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.join.TpmEvidence;
import io.machineid.testkit.internal.join.TpmJoining;
import io.machineid.testkit.internal.join.TpmSeal;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.JoinRequest.PayloadCase;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.TPMEncryptedCredential;
import io.machineid.wire.joinv1.TPMInit;
import org.jspecify.annotations.Nullable;

/** The method {@code tpm}. */
final class TpmSide implements JoinSide {

  private final Setting setting;
  private @Nullable Begun begun;

  private record Begun(TpmJoining join, JoinRequest request) {}

  TpmSide(Setting setting) {
    this.setting = setting;
  }

  @Override
  public JoinResponse answer(io.machineid.wire.joinv1.JoinRequest message) {
    Begun known = begun;
    if (known == null) {
      JoinSide.expect(PayloadCase.TPM_INIT, message);
      return JoinResponse.newBuilder().setChallenge(begin(message.getTpmInit())).build();
    }
    JoinSide.expect(PayloadCase.SOLUTION, message);
    ByteString solution = message.getSolution().getTpmSolution().getSolution();
    return JoinSide.admitted(
        setting
            .joining()
            .join(
                JoinCalls.Method.TPM,
                known.request(),
                setting.connection(),
                token -> known.join().solved(solution.toByteArray())));
  }

  private Challenge begin(TPMInit init) {
    TpmEvidence evidence =
        new TpmEvidence(
            init.getEkCert(),
            init.getEkKey(),
            init.getPublic(),
            init.getCreateData(),
            init.getCreateAttestation(),
            init.getCreateSignature());
    JoinRequest request = setting.request(init.getClientParams(), "");
    TpmJoining join =
        setting.state().evidence().beginTpm(setting.resource().orElseThrow(), evidence);
    begun = new Begun(join, request);
    TpmSeal sealed = join.sealed(evidence);
    return Challenge.newBuilder()
        .setTpmEncryptedCredential(
            TPMEncryptedCredential.newBuilder()
                .setCredentialBlob(sealed.credentialBlob())
                .setSecret(sealed.secret()))
        .build();
  }
}
