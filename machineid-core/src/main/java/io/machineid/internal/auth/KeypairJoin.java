package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.wire.join.RegisterUsingBoundKeypairCertificates;
import io.machineid.wire.join.RegisterUsingBoundKeypairChallenge;
import io.machineid.wire.join.RegisterUsingBoundKeypairChallengeResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairInitialRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairRotationResponse;

/**
 * Joining with a bound key pair over the stream that is for that alone: we speak first, then the
 * cluster asks. For one thread.
 */
final class KeypairJoin {

  private final JoinChannel channel;
  private final JoinOrder order;
  private final KeypairProof proof;

  KeypairJoin(JoinChannel channel, JoinOrder order, KeypairProof proof) {
    this.channel = channel;
    this.order = order;
    this.proof = proof;
  }

  /** Joins. Blocks. */
  IssuedCertificates join() throws KeyRefused {
    var init = RegisterUsingBoundKeypairInitialRequest.newBuilder();
    init.setJoinRequest(ChallengeJoin.request(order));
    proof.state().map(ByteString::copyFrom).ifPresent(init::setPreviousJoinState);
    proof.exposeRegistrationSecret().ifPresent(init::setInitialJoinSecret);
    return over(RegisterUsingBoundKeypairMethodRequest.newBuilder().setInit(init).build());
  }

  private IssuedCertificates over(RegisterUsingBoundKeypairMethodRequest init) throws KeyRefused {
    ManagedChannel opened = channel.open();
    try (JoinStream<RegisterUsingBoundKeypairMethodRequest, RegisterUsingBoundKeypairMethodResponse>
        stream =
            new JoinStream<>(
                order,
                channel.route(),
                ChallengeJoin.stub(opened)::registerUsingBoundKeypairMethod)) {
      stream.send(init);
      for (int questions = 0; questions <= KeypairProof.MOST_QUESTIONS; questions++) {
        RegisterUsingBoundKeypairMethodResponse said = stream.next();
        if (said.hasCerts()) {
          return admitted(said.getCerts());
        }
        stream.send(answer(said));
      }
      throw KeypairProof.unexpected("it asked more often than a join takes");
    } finally {
      JoinStream.end(opened);
    }
  }

  private RegisterUsingBoundKeypairMethodRequest answer(
      RegisterUsingBoundKeypairMethodResponse said) {
    var answer = RegisterUsingBoundKeypairMethodRequest.newBuilder();
    return switch (said.getPayloadCase()) {
      case CHALLENGE ->
          answer
              .setChallengeResponse(
                  RegisterUsingBoundKeypairChallengeResponse.newBuilder()
                      .setSolution(ByteString.copyFromUtf8(solution(said.getChallenge()))))
              .build();
      case ROTATION ->
          answer
              .setRotationResponse(
                  RegisterUsingBoundKeypairRotationResponse.newBuilder()
                      .setPublicKey(
                          proof.newKey(
                              Integer.toString(said.getRotation().getSignatureAlgorithmSuite()))))
              .build();
      default ->
          throw KeypairProof.unexpected(
              "it sent a message of a kind that this version does not know");
    };
  }

  private String solution(RegisterUsingBoundKeypairChallenge challenge) {
    return proof.solution(challenge.getPublicKey(), challenge.getChallenge());
  }

  private IssuedCertificates admitted(RegisterUsingBoundKeypairCertificates answer) {
    proof.admitted(answer.getPublicKey(), answer.getJoinState().toByteArray());
    return IssuedCertificates.of(answer.getCerts(), order.key());
  }
}
