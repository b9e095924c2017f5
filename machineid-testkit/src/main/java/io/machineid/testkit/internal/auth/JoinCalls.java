package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.testkit.internal.join.AzureChecks;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.join.JoinServiceGrpc;
import io.machineid.wire.join.RegisterUsingAzureMethodRequest;
import io.machineid.wire.join.RegisterUsingAzureMethodResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodResponse;
import io.machineid.wire.join.RegisterUsingIAMMethodRequest;
import io.machineid.wire.join.RegisterUsingIAMMethodResponse;
import io.machineid.wire.join.RegisterUsingOracleMethodRequest;
import io.machineid.wire.join.RegisterUsingOracleMethodResponse;
import io.machineid.wire.join.RegisterUsingTPMMethodRequest;
import io.machineid.wire.join.RegisterUsingTPMMethodResponse;
import io.machineid.wire.types.RegisterUsingTokenRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/** Joins over streams: in most of them the cluster sends a challenge first. */
final class JoinCalls extends JoinServiceGrpc.JoinServiceImplBase {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Joining joining;
  private final Evidence evidence;
  private final ClusterState state;

  JoinCalls(Joining joining, ClusterState state) {
    this.joining = joining;
    this.state = state;
    this.evidence = state.evidence();
  }

  @Override
  public void registerUsingToken(
      RegisterUsingTokenRequest request, StreamObserver<Certs> observer) {
    if (state.version().takesTokenJoinsOverGrpc()) {
      Connection connection = Answers.connection();
      Answers.answer(observer, () -> joining.join(JoinRequest.of(request), connection));
    } else {
      super.registerUsingToken(request, observer);
    }
  }

  @Override
  public StreamObserver<RegisterUsingIAMMethodRequest> registerUsingIAMMethod(
      StreamObserver<RegisterUsingIAMMethodResponse> answers) {
    String challenge = Method.IAM.newChallenge();
    Connection connection = Answers.connection();
    return challenged(
        answers,
        RegisterUsingIAMMethodResponse.newBuilder().setChallenge(challenge).build(),
        request ->
            RegisterUsingIAMMethodResponse.newBuilder()
                .setCerts(
                    join(
                        Method.IAM,
                        request.getRegisterUsingTokenRequest(),
                        connection,
                        token ->
                            evidence.checkIam(
                                token, challenge, request.getStsIdentityRequest().toByteArray())))
                .build());
  }

  @Override
  public StreamObserver<RegisterUsingAzureMethodRequest> registerUsingAzureMethod(
      StreamObserver<RegisterUsingAzureMethodResponse> answers) {
    String challenge = Method.AZURE.newChallenge();
    Connection connection = Answers.connection();
    return challenged(
        answers,
        RegisterUsingAzureMethodResponse.newBuilder().setChallenge(challenge).build(),
        request ->
            RegisterUsingAzureMethodResponse.newBuilder()
                .setCerts(
                    join(
                        Method.AZURE,
                        request.getRegisterUsingTokenRequest(),
                        connection,
                        token ->
                            evidence.checkAzure(
                                token,
                                challenge,
                                new AzureChecks.Shown(
                                    request.getAttestedData().toByteArray(),
                                    Optional.empty(),
                                    request.getAccessToken()))))
                .build());
  }

  @Override
  public StreamObserver<RegisterUsingBoundKeypairMethodRequest> registerUsingBoundKeypairMethod(
      StreamObserver<RegisterUsingBoundKeypairMethodResponse> answers) {
    return state.version().joinMethods().contains(Method.BOUND_KEYPAIR.id())
        ? new KeypairCalls(answers, joining, state, Answers.connection())
        : super.registerUsingBoundKeypairMethod(answers);
  }

  @Override
  public StreamObserver<RegisterUsingOracleMethodRequest> registerUsingOracleMethod(
      StreamObserver<RegisterUsingOracleMethodResponse> answers) {
    return state.version().joinMethods().contains(Method.ORACLE.id())
        ? new OracleCalls(answers, joining, evidence, Answers.connection())
        : super.registerUsingOracleMethod(answers);
  }

  @Override
  public StreamObserver<RegisterUsingTPMMethodRequest> registerUsingTPMMethod(
      StreamObserver<RegisterUsingTPMMethodResponse> answers) {
    return state.version().joinMethods().contains(Method.TPM.id())
        ? new TpmCalls(answers, joining, evidence, Answers.connection())
        : super.registerUsingTPMMethod(answers);
  }

  /** What has a stream of its own. */
  enum Method {
    /** A signed request to AWS. */
    IAM("iam", "IAM", 32, false),
    /** A document that Azure signs. */
    AZURE("azure", "Azure", 24, true),
    /** The certificate of an instance of Oracle Cloud. */
    ORACLE("oracle", "Oracle", 32, false),
    /** A key pair that the token resource is bound to. */
    BOUND_KEYPAIR("bound_keypair", "bound keypair", 0, true),
    /** A TPM. */
    TPM("tpm", "TPM", 0, true);

    private final String id;
    private final String inRefusals;
    private final int challengeBytes;
    private final boolean forUrls;

    Method(String id, String inRefusals, int challengeBytes, boolean forUrls) {
      this.id = id;
      this.inRefusals = inRefusals;
      this.challengeBytes = challengeBytes;
      this.forUrls = forUrls;
    }

    /** A word that nobody can have known. */
    String newChallenge() {
      byte[] random = new byte[challengeBytes];
      RANDOM.nextBytes(random);
      Base64.Encoder form = forUrls ? Base64.getUrlEncoder() : Base64.getEncoder();
      return form.withoutPadding().encodeToString(random);
    }

    String id() {
      return id;
    }

    Refusal notSupported() {
      return Refusal.denied("this token does not support the %s join method".formatted(inRefusals));
    }
  }

  private Certs join(
      Method method,
      RegisterUsingTokenRequest request,
      Connection connection,
      Joining.Check check) {
    return joining.join(method, JoinRequest.of(request), connection, check);
  }

  /** Sends the challenge, takes one request, answers it and ends. */
  private static <Q, A> StreamObserver<Q> challenged(
      StreamObserver<A> answers, A challenge, Function<Q, A> answer) {
    Talk<Q, A> talk =
        new Talk<>(answers) {
          @Override
          void said(Q request) {
            lastAnswer(answer.apply(request));
          }
        };
    talk.answer(challenge);
    return talk;
  }
}
