package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.join.BoundKeypairs;
import io.machineid.testkit.internal.join.KeypairJoining;
import io.machineid.testkit.internal.join.KeypairJoining.Step;
import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.join.RegisterUsingBoundKeypairCertificates;
import io.machineid.wire.join.RegisterUsingBoundKeypairChallenge;
import io.machineid.wire.join.RegisterUsingBoundKeypairInitialRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairRotationRequest;
import org.jspecify.annotations.Nullable;

/** One join with a bound key pair, in which the bot speaks first. */
final class KeypairCalls
    extends Talk<RegisterUsingBoundKeypairMethodRequest, RegisterUsingBoundKeypairMethodResponse> {

  private final Joining joining;
  private final BoundKeypairs keypairs;
  private final int suite;
  private final Connection connection;
  private @Nullable Begun begun;

  private record Begun(KeypairJoining join, ProvisionToken token, JoinRequest request) {}

  KeypairCalls(
      StreamObserver<RegisterUsingBoundKeypairMethodResponse> answers,
      Joining joining,
      ClusterState state,
      Connection connection) {
    super(answers);
    this.joining = joining;
    this.keypairs = state.boundKeypairs();
    this.suite = state.suite().map(SignatureSuite::number).orElse(0);
    this.connection = connection;
  }

  @Override
  void said(RegisterUsingBoundKeypairMethodRequest message) {
    Step step = step(message);
    if (step instanceof Step.Admit) {
      lastAnswer(admitted());
    } else {
      answer(asked(step));
    }
  }

  private Step step(RegisterUsingBoundKeypairMethodRequest message) {
    Begun known = begun;
    if (known == null) {
      if (!message.hasInit()) {
        throw Refusal.bad("expected an init message");
      }
      return begin(message.getInit());
    }
    return switch (message.getPayloadCase()) {
      case CHALLENGE_RESPONSE ->
          known.join().solved(message.getChallengeResponse().getSolution().toByteArray());
      case ROTATION_RESPONSE -> known.join().rotated(message.getRotationResponse().getPublicKey());
      default -> throw Refusal.bad("unexpected message");
    };
  }

  private Step begin(RegisterUsingBoundKeypairInitialRequest init) {
    JoinRequest request = JoinRequest.of(init.getJoinRequest());
    ProvisionToken token = joining.resource(JoinCalls.Method.BOUND_KEYPAIR, request);
    var unused = request.keys();
    KeypairJoining join = keypairs.begin(token, joining.instanceOf(connection));
    begun = new Begun(join, token, request);
    return join.begin(init.getInitialJoinSecret(), init.getPreviousJoinState().toByteArray());
  }

  private RegisterUsingBoundKeypairMethodResponse asked(Step step) {
    var answer = RegisterUsingBoundKeypairMethodResponse.newBuilder();
    if (step instanceof Step.Challenge challenge) {
      return answer
          .setChallenge(
              RegisterUsingBoundKeypairChallenge.newBuilder()
                  .setPublicKey(challenge.publicKey())
                  .setChallenge(challenge.text()))
          .build();
    }
    return answer
        .setRotation(
            RegisterUsingBoundKeypairRotationRequest.newBuilder().setSignatureAlgorithmSuite(suite))
        .build();
  }

  private RegisterUsingBoundKeypairMethodResponse admitted() {
    Begun known = begun;
    if (known == null) {
      throw new IllegalStateException("admitted before it began");
    }
    Certs certs = joining.admitAs(known.token(), known.request(), connection, known.join());
    byte[] state = known.join().commit();
    return RegisterUsingBoundKeypairMethodResponse.newBuilder()
        .setCerts(
            RegisterUsingBoundKeypairCertificates.newBuilder()
                .setCerts(certs)
                .setJoinState(ByteString.copyFrom(state))
                .setPublicKey(known.join().publicKey()))
        .build();
  }
}
