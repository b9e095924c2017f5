package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.join.TpmAttestation;
import io.machineid.join.TpmSession;
import io.machineid.wire.join.RegisterUsingTPMMethodChallengeResponse;
import io.machineid.wire.join.RegisterUsingTPMMethodInitialRequest;
import io.machineid.wire.join.RegisterUsingTPMMethodRequest;
import io.machineid.wire.join.RegisterUsingTPMMethodResponse;
import io.machineid.wire.join.TPMAttestationParameters;
import io.machineid.wire.join.TPMEncryptedCredential;

/**
 * Joining with a TPM over the stream that is for that alone: we speak first, then the cluster asks
 * once. For one thread.
 */
final class TpmStream {

  private final JoinChannel channel;
  private final JoinOrder order;
  private final TpmSession tpm;

  TpmStream(JoinChannel channel, JoinOrder order, TpmSession tpm) {
    this.channel = channel;
    this.order = order;
    this.tpm = tpm;
  }

  /** Joins. Blocks. */
  IssuedCertificates join() throws KeyRefused {
    ManagedChannel opened = channel.open();
    try (JoinStream<RegisterUsingTPMMethodRequest, RegisterUsingTPMMethodResponse> stream =
        new JoinStream<>(
            order, channel.route(), ChallengeJoin.stub(opened)::registerUsingTPMMethod)) {
      stream.send(RegisterUsingTPMMethodRequest.newBuilder().setInit(init()).build());
      RegisterUsingTPMMethodResponse said = stream.next();
      if (said.hasChallengeRequest()) {
        stream.send(answer(said.getChallengeRequest()));
        said = stream.next();
      }
      if (!said.hasCerts()) {
        throw JoinTalk.unexpected("it said " + said.getPayloadCase() + " where it should admit us");
      }
      return IssuedCertificates.of(said.getCerts(), order.key());
    } finally {
      JoinStream.end(opened);
    }
  }

  private RegisterUsingTPMMethodInitialRequest init() {
    TpmAttestation attestation = tpm.attestation();
    RegisterUsingTPMMethodInitialRequest.Builder init =
        RegisterUsingTPMMethodInitialRequest.newBuilder()
            .setJoinRequest(ChallengeJoin.request(order))
            .setAttestationParams(
                TPMAttestationParameters.newBuilder()
                    .setPublic(ByteString.copyFrom(attestation.publicArea()))
                    .setCreateData(ByteString.copyFrom(attestation.creationData()))
                    .setCreateAttestation(ByteString.copyFrom(attestation.creationAttestation()))
                    .setCreateSignature(ByteString.copyFrom(attestation.creationSignature())));
    attestation.key().map(ByteString::copyFrom).ifPresent(init::setEkKey);
    attestation.certificate().map(ByteString::copyFrom).ifPresent(init::setEkCert);
    return init.build();
  }

  private RegisterUsingTPMMethodRequest answer(TPMEncryptedCredential sealed) {
    byte[] solution =
        tpm.exposeSolution(
            sealed.getCredentialBlob().toByteArray(), sealed.getSecret().toByteArray());
    return RegisterUsingTPMMethodRequest.newBuilder()
        .setChallengeResponse(
            RegisterUsingTPMMethodChallengeResponse.newBuilder()
                .setSolution(ByteString.copyFrom(solution)))
        .build();
  }
}
