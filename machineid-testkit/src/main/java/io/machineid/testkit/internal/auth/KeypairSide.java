package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.testkit.internal.join.KeypairJoining;
import io.machineid.testkit.internal.join.KeypairJoining.Step;
import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.joinv1.BotResult;
import io.machineid.wire.joinv1.BoundKeypairChallenge;
import io.machineid.wire.joinv1.BoundKeypairInit;
import io.machineid.wire.joinv1.BoundKeypairResult;
import io.machineid.wire.joinv1.BoundKeypairRotationRequest;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.ChallengeSolution;
import io.machineid.wire.joinv1.JoinRequest.PayloadCase;
import io.machineid.wire.joinv1.JoinResponse;
import org.jspecify.annotations.Nullable;

/** The method {@code bound_keypair}. */
final class KeypairSide implements JoinSide {

  private final Setting setting;
  private final ProvisionToken token;
  private @Nullable Begun begun;

  private record Begun(KeypairJoining join, JoinRequest request) {}

  KeypairSide(Setting setting) {
    this.setting = setting;
    this.token = setting.resource().orElseThrow();
  }

  @Override
  public JoinResponse answer(io.machineid.wire.joinv1.JoinRequest message) {
    Begun known = begun;
    if (known == null) {
      JoinSide.expect(PayloadCase.BOUND_KEYPAIR_INIT, message);
      return asked(begin(message.getBoundKeypairInit()));
    }
    JoinSide.expect(PayloadCase.SOLUTION, message);
    Step step = solved(known.join(), message.getSolution());
    return step instanceof Step.Admit ? admitted(known) : asked(step);
  }

  private Step begin(BoundKeypairInit init) {
    JoinRequest request = setting.request(init.getClientParams(), "");
    KeypairJoining join =
        setting
            .state()
            .boundKeypairs()
            .begin(token, setting.joining().instanceOf(setting.connection()));
    begun = new Begun(join, request);
    return join.begin(init.getInitialJoinSecret(), init.getPreviousJoinState().toByteArray());
  }

  private static Step solved(KeypairJoining join, ChallengeSolution solution) {
    return switch (solution.getPayloadCase()) {
      case BOUND_KEYPAIR_CHALLENGE_SOLUTION ->
          join.solved(solution.getBoundKeypairChallengeSolution().getSolution().toByteArray());
      case BOUND_KEYPAIR_ROTATION_RESPONSE ->
          join.rotated(solution.getBoundKeypairRotationResponse().getPublicKey().toStringUtf8());
      default -> throw Refusal.bad("unexpected solution " + solution.getPayloadCase());
    };
  }

  private JoinResponse asked(Step step) {
    Challenge.Builder question = Challenge.newBuilder();
    if (step instanceof Step.Challenge challenge) {
      question.setBoundKeypairChallenge(
          BoundKeypairChallenge.newBuilder()
              .setPublicKey(ByteString.copyFromUtf8(challenge.publicKey()))
              .setChallenge(challenge.text()));
    } else {
      question.setBoundKeypairRotationRequest(
          BoundKeypairRotationRequest.newBuilder()
              .setSignatureAlgorithmSuite(
                  setting.state().suite().map(SignatureSuite::text).orElse("")));
    }
    return JoinResponse.newBuilder().setChallenge(question).build();
  }

  private JoinResponse admitted(Begun known) {
    Certs certs =
        setting.joining().admitAs(token, known.request(), setting.connection(), known.join());
    byte[] joinState = known.join().commit();
    return JoinSide.result(
        BotResult.newBuilder()
            .setCertificates(WireForms.binary(certs))
            .setBoundKeypairResult(
                BoundKeypairResult.newBuilder()
                    .setJoinState(ByteString.copyFrom(joinState))
                    .setPublicKey(ByteString.copyFromUtf8(known.join().publicKey()))));
  }
}
