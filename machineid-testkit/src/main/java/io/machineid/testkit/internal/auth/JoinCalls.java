package io.machineid.testkit.internal.auth;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.join.JoinServiceGrpc;
import io.machineid.wire.join.RegisterUsingAzureMethodRequest;
import io.machineid.wire.join.RegisterUsingAzureMethodResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodResponse;
import io.machineid.wire.join.RegisterUsingIAMMethodRequest;
import io.machineid.wire.join.RegisterUsingIAMMethodResponse;
import io.machineid.wire.types.RegisterUsingTokenRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Function;

/** Joins over streams: in most of them the cluster sends a challenge first. */
final class JoinCalls extends JoinServiceGrpc.JoinServiceImplBase {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int IAM_CHALLENGE_BYTES = 32;
  private static final int AZURE_CHALLENGE_BYTES = 24;

  private final Joining joining;
  private final Evidence evidence;
  private final ClusterState state;

  JoinCalls(Joining joining, ClusterState state) {
    this.joining = joining;
    this.state = state;
    this.evidence = state.evidence();
  }

  @Override
  public StreamObserver<RegisterUsingIAMMethodRequest> registerUsingIAMMethod(
      StreamObserver<RegisterUsingIAMMethodResponse> answers) {
    byte[] random = new byte[IAM_CHALLENGE_BYTES];
    RANDOM.nextBytes(random);
    String challenge = Base64.getEncoder().withoutPadding().encodeToString(random);
    String remoteIp = Answers.connection().remoteIp();
    return challenged(
        answers,
        RegisterUsingIAMMethodResponse.newBuilder().setChallenge(challenge).build(),
        request ->
            RegisterUsingIAMMethodResponse.newBuilder()
                .setCerts(
                    join(
                        Method.IAM,
                        request.getRegisterUsingTokenRequest(),
                        remoteIp,
                        token ->
                            evidence.checkIam(
                                token, challenge, request.getStsIdentityRequest().toByteArray())))
                .build());
  }

  @Override
  public StreamObserver<RegisterUsingAzureMethodRequest> registerUsingAzureMethod(
      StreamObserver<RegisterUsingAzureMethodResponse> answers) {
    byte[] random = new byte[AZURE_CHALLENGE_BYTES];
    RANDOM.nextBytes(random);
    String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    String remoteIp = Answers.connection().remoteIp();
    return challenged(
        answers,
        RegisterUsingAzureMethodResponse.newBuilder().setChallenge(challenge).build(),
        request ->
            RegisterUsingAzureMethodResponse.newBuilder()
                .setCerts(
                    join(
                        Method.AZURE,
                        request.getRegisterUsingTokenRequest(),
                        remoteIp,
                        token ->
                            evidence.checkAzure(
                                token,
                                challenge,
                                request.getAttestedData().toByteArray(),
                                request.getAccessToken())))
                .build());
  }

  @Override
  public StreamObserver<RegisterUsingBoundKeypairMethodRequest> registerUsingBoundKeypairMethod(
      StreamObserver<RegisterUsingBoundKeypairMethodResponse> answers) {
    return state.version().joinMethods().contains(Method.BOUND_KEYPAIR.id())
        ? new KeypairCalls(answers, joining, state, Answers.connection())
        : super.registerUsingBoundKeypairMethod(answers);
  }

  /** What has a stream of its own. */
  enum Method {
    /** A signed request to AWS. */
    IAM("iam", "IAM"),
    /** A document that Azure signs. */
    AZURE("azure", "Azure"),
    /** A key pair that the token resource is bound to. */
    BOUND_KEYPAIR("bound_keypair", "bound keypair");

    private final String id;
    private final String inRefusals;

    Method(String id, String inRefusals) {
      this.id = id;
      this.inRefusals = inRefusals;
    }

    String id() {
      return id;
    }

    Refusal notSupported() {
      return Refusal.denied("this token does not support the %s join method".formatted(inRefusals));
    }
  }

  private Certs join(
      Method method, RegisterUsingTokenRequest request, String remoteIp, Joining.Check check) {
    return joining.join(method, JoinRequest.of(request), remoteIp, check);
  }

  /** Sends the challenge, takes one request, answers it and ends. */
  private static <Q, A> StreamObserver<Q> challenged(
      StreamObserver<A> answers, A challenge, Function<Q, A> answer) {
    if (answers instanceof ServerCallStreamObserver<A> call) {
      call.setOnCancelHandler(() -> {});
    }
    answers.onNext(challenge);
    return new StreamObserver<>() {
      private boolean done;

      @Override
      public void onNext(Q request) {
        if (!done) {
          done = true;
          Answers.finish(answers, () -> answer.apply(request));
        }
      }

      @Override
      public void onError(Throwable error) {
        done = true;
      }

      @Override
      public void onCompleted() {
        if (!done) {
          done = true;
          answers.onError(Status.UNKNOWN.withDescription("EOF").asRuntimeException());
        }
      }
    };
  }
}
