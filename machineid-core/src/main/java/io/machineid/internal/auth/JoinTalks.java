package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import io.machineid.JoinException;
import io.machineid.join.AzureEvidence;
import io.machineid.join.AzureJoin;
import io.machineid.join.IamJoin;
import io.machineid.join.IdTokenJoin;
import io.machineid.join.OracleJoin;
import io.machineid.join.OracleProof;
import io.machineid.join.TokenJoin;
import io.machineid.wire.joinv1.AzureChallengeSolution;
import io.machineid.wire.joinv1.AzureInit;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.ChallengeSolution;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.IAMChallengeSolution;
import io.machineid.wire.joinv1.IAMInit;
import io.machineid.wire.joinv1.JoinRequest;
import io.machineid.wire.joinv1.OIDCInit;
import io.machineid.wire.joinv1.OracleChallengeSolution;
import io.machineid.wire.joinv1.OracleInit;
import io.machineid.wire.joinv1.TokenInit;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the methods say to the join service of Teleport 18. */
final class JoinTalks {

  private JoinTalks() {}

  /**
   * The talk of a method.
   *
   * @param order the evidence, where it is there already
   * @param keypair our part with a bound key pair, for that method
   * @return empty where the method goes by its own stream alone
   */
  static Optional<JoinTalk> of(JoinTask task, JoinOrder order, Optional<KeypairProof> keypair) {
    if (task.method() instanceof TokenJoin) {
      return Optional.of(new Token());
    }
    if (task.method() instanceof IdTokenJoin) {
      return order.idToken().map(IdToken::new);
    }
    if (task.method() instanceof IamJoin iam) {
      return Optional.of(new Iam(iam, task.now()));
    }
    if (task.method() instanceof AzureJoin azure) {
      return Optional.of(new Azure(azure, task, new AtomicBoolean()));
    }
    if (task.method() instanceof OracleJoin oracle) {
      return Optional.of(new Oracle(oracle, task));
    }
    return keypair.map(KeypairTalk::new);
  }

  /** The token is what the cluster was greeted with: nothing is left to say. */
  private record Token() implements JoinTalk {
    @Override
    public JoinRequest begin(ClientParams us) {
      return JoinRequest.newBuilder()
          .setTokenInit(TokenInit.newBuilder().setClientParams(us))
          .build();
    }

    @Override
    public boolean counts() {
      return true;
    }
  }

  private record IdToken(String exposed) implements JoinTalk {
    @Override
    public JoinRequest begin(ClientParams us) {
      return JoinRequest.newBuilder()
          .setOidcInit(
              OIDCInit.newBuilder()
                  .setClientParams(us)
                  .setIdToken(ByteString.copyFromUtf8(exposed)))
          .build();
    }

    @Override
    public boolean counts() {
      return false;
    }

    @Override
    public String toString() {
      return "IdToken";
    }
  }

  private record Iam(IamJoin method, Instant now) implements JoinTalk {
    @Override
    public JoinRequest begin(ClientParams us) {
      return JoinRequest.newBuilder().setIamInit(IAMInit.newBuilder().setClientParams(us)).build();
    }

    @Override
    public boolean counts() {
      return false;
    }

    @Override
    public ChallengeSolution answer(Challenge challenge) {
      if (!challenge.hasIamChallenge()) {
        return JoinTalk.super.answer(challenge);
      }
      byte[] signed = method.exposeSignedRequest(challenge.getIamChallenge().getChallenge(), now);
      return ChallengeSolution.newBuilder()
          .setIamChallengeSolution(
              IAMChallengeSolution.newBuilder().setStsIdentityRequest(ByteString.copyFrom(signed)))
          .build();
    }
  }

  private record Azure(AzureJoin method, JoinTask task, AtomicBoolean withoutAuthorities)
      implements JoinTalk {
    @Override
    public JoinRequest begin(ClientParams us) {
      return JoinRequest.newBuilder()
          .setAzureInit(AzureInit.newBuilder().setClientParams(us))
          .build();
    }

    @Override
    public boolean counts() {
      return false;
    }

    @Override
    public ChallengeSolution answer(Challenge challenge) {
      if (!challenge.hasAzureChallenge()) {
        return JoinTalk.super.answer(challenge);
      }
      AzureEvidence evidence = method.evidence(challenge.getAzureChallenge().getChallenge());
      byte[] intermediates = authorities(evidence);
      return ChallengeSolution.newBuilder()
          .setAzureChallengeSolution(
              AzureChallengeSolution.newBuilder()
                  .setAttestedData(ByteString.copyFromUtf8(evidence.exposeAttestedData()))
                  .setIntermediate(ByteString.copyFrom(intermediates))
                  .setAccessToken(evidence.exposeAccessToken()))
          .build();
    }

    /** Where they cannot be fetched, the cluster may be able to: by the older way it does. */
    private byte[] authorities(AzureEvidence evidence) {
      try {
        return method.intermediates(evidence, task.route().routes().proxies());
      } catch (JoinException e) {
        withoutAuthorities.set(e.retryable());
        throw e;
      }
    }

    @Override
    public boolean lacksWhatThisWayAloneTakes() {
      return withoutAuthorities.get();
    }
  }

  private record Oracle(OracleJoin method, JoinTask task) implements JoinTalk {
    @Override
    public JoinRequest begin(ClientParams us) {
      return JoinRequest.newBuilder()
          .setOracleInit(OracleInit.newBuilder().setClientParams(us))
          .build();
    }

    @Override
    public boolean counts() {
      return false;
    }

    @Override
    public ChallengeSolution answer(Challenge challenge) {
      if (!challenge.hasOracleChallenge()) {
        return JoinTalk.super.answer(challenge);
      }
      OracleProof proof =
          method.proof(
              challenge.getOracleChallenge().getChallenge(),
              task.now(),
              task.route().routes().proxies());
      return ChallengeSolution.newBuilder()
          .setOracleChallengeSolution(
              OracleChallengeSolution.newBuilder()
                  .setCert(ByteString.copyFromUtf8(proof.certificate()))
                  .setIntermediate(ByteString.copyFromUtf8(proof.intermediate()))
                  .setSignature(ByteString.copyFrom(proof.signature()))
                  .setSignedRootCaReq(ByteString.copyFrom(proof.exposeRootAuthoritiesRequest())))
          .build();
    }
  }
}
