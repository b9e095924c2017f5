package io.machineid.testkit.internal.auth;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.machineid.testkit.JoinMoment;
import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.state.Bots;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.joinv1.ClientInit;
import io.machineid.wire.joinv1.GivingUp;
import io.machineid.wire.joinv1.JoinRequest;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.ServerInit;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One join over the join service: who it is and by which token, then what the method has to say.
 */
final class JoinConversation extends Talk<JoinRequest, JoinResponse> {

  private final Joining joining;
  private final ClusterState state;
  private final Connection connection;
  private final IntConsumer resetter;
  private @Nullable JoinSide side;

  JoinConversation(
      StreamObserver<JoinResponse> answers,
      Joining joining,
      ClusterState state,
      Connection connection,
      IntConsumer resetter) {
    super(answers);
    this.joining = joining;
    this.state = state;
    this.connection = connection;
    this.resetter = resetter;
  }

  @Override
  void said(JoinRequest message) {
    if (message.hasGivingUp()) {
      failed(givenUp(message.getGivingUp()));
      return;
    }
    JoinSide known = side;
    if (known == null) {
      greeted(message);
      return;
    }
    // Only now is it certain that the greeting was heard.
    if (state.faults().cutsThisJoin(JoinMoment.AFTER_GREETING)) {
      cut();
      return;
    }
    JoinResponse answer = known.answer(message);
    if (!answer.hasResult()) {
      answer(answer);
    } else if (state.faults().cutsThisJoin(JoinMoment.BEFORE_RESULT)) {
      cut();
    } else {
      lastAnswer(answer);
    }
  }

  private static Status givenUp(GivingUp message) {
    return Status.ABORTED.withDescription(
        "client gave up: %s: %s".formatted(message.getReason(), message.getMsg()));
  }

  private void greeted(JoinRequest message) {
    if (!message.hasClientInit()) {
      throw Refusal.bad("expected ClientInit, got " + message.getPayloadCase());
    }
    ClientInit init = message.getClientInit();
    Optional<ProvisionToken> resource = resource(init);
    String method = resource.map(ProvisionToken::method).orElse("token");
    if (init.hasJoinMethod() && !init.getJoinMethod().equals(method)) {
      throw Refusal.bad(
          "client requested join method \"%s\" but token only supports \"%s\""
              .formatted(init.getJoinMethod(), method));
    }
    if (state.faults().cutsThisJoin(JoinMoment.BEFORE_GREETING)) {
      cut();
      return;
    }
    side = JoinSide.of(method, new JoinSide.Setting(joining, state, connection, resource, init));
    answer(
        JoinResponse.newBuilder()
            .setInit(
                ServerInit.newBuilder()
                    .setJoinMethod(method)
                    .setSignatureAlgorithmSuite(state.suite().map(SignatureSuite::text).orElse("")))
            .build());
  }

  /** The token resource, or empty for a token that is a secret itself. */
  private Optional<ProvisionToken> resource(ClientInit init) {
    if (init.getForwardedByProxy() || init.hasProxySuppliedParameters()) {
      throw Refusal.denied("only the Proxy service may forward a join");
    }
    if (init.getTokenName().isEmpty()) {
      throw Refusal.bad("missing parameter TokenName");
    }
    Optional<ProvisionToken> resource = state.token(init.getTokenName());
    if (resource.isEmpty()) {
      state.bots().checkToken(init.getTokenName(), "", "", init.getSystemRole());
    }
    Bots.checkRole("", "", init.getSystemRole());
    return resource;
  }

  private void cut() {
    fallSilent();
    resetter.accept(connection.number());
  }
}
