package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.wire.joinv1.BotResult;
import io.machineid.wire.joinv1.BoundKeypairChallenge;
import io.machineid.wire.joinv1.BoundKeypairChallengeSolution;
import io.machineid.wire.joinv1.BoundKeypairInit;
import io.machineid.wire.joinv1.BoundKeypairResult;
import io.machineid.wire.joinv1.BoundKeypairRotationResponse;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.ChallengeSolution;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.JoinRequest;

/** A bound key pair before the join service of Teleport 18. */
final class KeypairTalk implements JoinTalk {

  private final KeypairProof proof;

  KeypairTalk(KeypairProof proof) {
    this.proof = proof;
  }

  @Override
  public JoinRequest begin(ClientParams us) {
    BoundKeypairInit.Builder init = BoundKeypairInit.newBuilder().setClientParams(us);
    proof.state().map(ByteString::copyFrom).ifPresent(init::setPreviousJoinState);
    proof.exposeRegistrationSecret().ifPresent(init::setInitialJoinSecret);
    return JoinRequest.newBuilder().setBoundKeypairInit(init).build();
  }

  @Override
  public boolean counts() {
    return true;
  }

  @Override
  public ChallengeSolution answer(Challenge challenge) {
    ChallengeSolution.Builder answer = ChallengeSolution.newBuilder();
    return switch (challenge.getPayloadCase()) {
      case BOUND_KEYPAIR_CHALLENGE ->
          answer
              .setBoundKeypairChallengeSolution(
                  BoundKeypairChallengeSolution.newBuilder()
                      .setSolution(
                          ByteString.copyFromUtf8(solution(challenge.getBoundKeypairChallenge()))))
              .build();
      case BOUND_KEYPAIR_ROTATION_REQUEST ->
          answer
              .setBoundKeypairRotationResponse(
                  BoundKeypairRotationResponse.newBuilder()
                      .setPublicKey(
                          ByteString.copyFromUtf8(
                              proof.newKey(
                                  challenge
                                      .getBoundKeypairRotationRequest()
                                      .getSignatureAlgorithmSuite()))))
              .build();
      default -> JoinTalk.super.answer(challenge);
    };
  }

  private String solution(BoundKeypairChallenge challenge) {
    return proof.solution(challenge.getPublicKey().toStringUtf8(), challenge.getChallenge());
  }

  @Override
  public void admitted(BotResult result) {
    BoundKeypairResult bound = result.getBoundKeypairResult();
    proof.admitted(bound.getPublicKey().toStringUtf8(), bound.getJoinState().toByteArray());
  }
}
