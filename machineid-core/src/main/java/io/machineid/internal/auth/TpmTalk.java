package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.join.TpmAttestation;
import io.machineid.join.TpmSession;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.ChallengeSolution;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.JoinRequest;
import io.machineid.wire.joinv1.TPMEncryptedCredential;
import io.machineid.wire.joinv1.TPMInit;
import io.machineid.wire.joinv1.TPMSolution;

/** A TPM before the join service of Teleport 18. */
final class TpmTalk implements JoinTalk {

  private final TpmSession tpm;

  TpmTalk(TpmSession tpm) {
    this.tpm = tpm;
  }

  @Override
  public JoinRequest begin(ClientParams us) {
    TpmAttestation attestation = tpm.attestation();
    TPMInit.Builder init =
        TPMInit.newBuilder()
            .setClientParams(us)
            .setPublic(ByteString.copyFrom(attestation.publicArea()))
            .setCreateData(ByteString.copyFrom(attestation.creationData()))
            .setCreateAttestation(ByteString.copyFrom(attestation.creationAttestation()))
            .setCreateSignature(ByteString.copyFrom(attestation.creationSignature()));
    attestation.key().map(ByteString::copyFrom).ifPresent(init::setEkKey);
    attestation.certificate().map(ByteString::copyFrom).ifPresent(init::setEkCert);
    return JoinRequest.newBuilder().setTpmInit(init).build();
  }

  /** The same evidence may be sent again. */
  @Override
  public boolean counts() {
    return false;
  }

  @Override
  public ChallengeSolution answer(Challenge challenge) {
    if (!challenge.hasTpmEncryptedCredential()) {
      return JoinTalk.super.answer(challenge);
    }
    TPMEncryptedCredential sealed = challenge.getTpmEncryptedCredential();
    byte[] solution =
        tpm.exposeSolution(
            sealed.getCredentialBlob().toByteArray(), sealed.getSecret().toByteArray());
    return ChallengeSolution.newBuilder()
        .setTpmSolution(TPMSolution.newBuilder().setSolution(ByteString.copyFrom(solution)))
        .build();
  }
}
