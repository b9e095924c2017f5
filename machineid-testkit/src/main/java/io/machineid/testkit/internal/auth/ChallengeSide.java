package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.join.AzureChecks;
import io.machineid.testkit.internal.join.OracleChecks;
import io.machineid.wire.joinv1.AzureChallenge;
import io.machineid.wire.joinv1.AzureChallengeSolution;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.ChallengeSolution;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.IAMChallenge;
import io.machineid.wire.joinv1.JoinRequest.PayloadCase;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.OracleChallenge;
import io.machineid.wire.joinv1.OracleChallengeSolution;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A method with one challenge, a word that the evidence has to have in it. */
final class ChallengeSide implements JoinSide {

  private final Setting setting;
  private final JoinCalls.Method method;
  private final PayloadCase init;
  private final Function<io.machineid.wire.joinv1.JoinRequest, ClientParams> params;
  private final Challenge challenge;
  private final Function<ChallengeSolution, Joining.Check> check;
  private @Nullable JoinRequest request;

  private ChallengeSide(
      Setting setting,
      JoinCalls.Method method,
      PayloadCase init,
      Function<io.machineid.wire.joinv1.JoinRequest, ClientParams> params,
      Challenge challenge,
      Function<ChallengeSolution, Joining.Check> check) {
    this.setting = setting;
    this.method = method;
    this.init = init;
    this.params = params;
    this.challenge = challenge;
    this.check = check;
  }

  static JoinSide iam(Setting setting) {
    String word = JoinCalls.Method.IAM.newChallenge();
    return new ChallengeSide(
        setting,
        JoinCalls.Method.IAM,
        PayloadCase.IAM_INIT,
        message -> message.getIamInit().getClientParams(),
        Challenge.newBuilder()
            .setIamChallenge(IAMChallenge.newBuilder().setChallenge(word))
            .build(),
        solution -> {
          byte[] signed = solution.getIamChallengeSolution().getStsIdentityRequest().toByteArray();
          return token -> setting.state().evidence().checkIam(token, word, signed);
        });
  }

  static JoinSide azure(Setting setting) {
    String word = JoinCalls.Method.AZURE.newChallenge();
    return new ChallengeSide(
        setting,
        JoinCalls.Method.AZURE,
        PayloadCase.AZURE_INIT,
        message -> message.getAzureInit().getClientParams(),
        Challenge.newBuilder()
            .setAzureChallenge(AzureChallenge.newBuilder().setChallenge(word))
            .build(),
        solution -> {
          AzureChallengeSolution azure = solution.getAzureChallengeSolution();
          AzureChecks.Shown shown =
              new AzureChecks.Shown(
                  azure.getAttestedData().toByteArray(),
                  Optional.of(azure.getIntermediate().toByteArray()),
                  azure.getAccessToken());
          return token -> setting.state().evidence().checkAzure(token, word, shown);
        });
  }

  static JoinSide oracle(Setting setting) {
    String word = JoinCalls.Method.ORACLE.newChallenge();
    return new ChallengeSide(
        setting,
        JoinCalls.Method.ORACLE,
        PayloadCase.ORACLE_INIT,
        message -> message.getOracleInit().getClientParams(),
        Challenge.newBuilder()
            .setOracleChallenge(OracleChallenge.newBuilder().setChallenge(word))
            .build(),
        solution -> {
          OracleChallengeSolution oracle = solution.getOracleChallengeSolution();
          OracleChecks.Proof proof =
              new OracleChecks.Proof(
                  oracle.getCert().toByteArray(),
                  oracle.getIntermediate().toByteArray(),
                  oracle.getSignature().toByteArray(),
                  oracle.getSignedRootCaReq().toByteArray());
          return token -> setting.state().evidence().checkOracleProof(token, word, proof);
        });
  }

  @Override
  public JoinResponse answer(io.machineid.wire.joinv1.JoinRequest message) {
    JoinRequest begun = request;
    if (begun == null) {
      JoinSide.expect(init, message);
      request = setting.request(params.apply(message), "");
      return JoinResponse.newBuilder().setChallenge(challenge).build();
    }
    JoinSide.expect(PayloadCase.SOLUTION, message);
    return JoinSide.admitted(
        setting
            .joining()
            .join(method, begun, setting.connection(), check.apply(message.getSolution())));
  }
}
