package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.joinv1.BotParams;
import io.machineid.wire.joinv1.BotResult;
import io.machineid.wire.joinv1.ClientInit;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.JoinRequest.PayloadCase;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.Result;
import java.time.Instant;
import java.util.Optional;

/** The cluster's side of one method, after the greeting. Not thread-safe. */
interface JoinSide {

  /**
   * What to say to a message.
   *
   * @throws Refusal where it lets nobody in
   */
  JoinResponse answer(io.machineid.wire.joinv1.JoinRequest message);

  /**
   * Where a join takes place.
   *
   * @param resource the token resource; empty for a token that is a secret itself
   * @param init how the client introduced itself
   */
  record Setting(
      Joining joining,
      ClusterState state,
      Connection connection,
      Optional<ProvisionToken> resource,
      ClientInit init) {

    /** What it wants, in the form of the older services. */
    JoinRequest request(ClientParams params, String idToken) {
      if (!params.hasBotParams()) {
        throw Refusal.bad("expected bot_params for role " + init.getSystemRole());
      }
      BotParams bot = params.getBotParams();
      if (!bot.hasExpires()) {
        throw Refusal.bad("missing parameter Expires");
      }
      JoinRequest request =
          new JoinRequest(
              init.getTokenName(),
              init.getSystemRole(),
              "",
              "",
              WireForms.line(bot.getPublicKeys().getPublicSshKey()),
              Optional.of(bot.getPublicKeys().getPublicTlsKey()),
              idToken,
              Optional.of(
                  Instant.ofEpochSecond(
                      bot.getExpires().getSeconds(), bot.getExpires().getNanos())));
      var unused = request.keys();
      return request;
    }
  }

  /** The side of a method. */
  static JoinSide of(String method, Setting setting) {
    return switch (method) {
      case "token" ->
          message -> {
            expect(PayloadCase.TOKEN_INIT, message);
            return admitted(
                setting
                    .joining()
                    .join(
                        setting.request(message.getTokenInit().getClientParams(), ""),
                        setting.connection()));
          };
      case "iam" -> ChallengeSide.iam(setting);
      case "azure" -> ChallengeSide.azure(setting);
      case "oracle" -> ChallengeSide.oracle(setting);
      case "bound_keypair" -> new KeypairSide(setting);
      case "tpm" -> new TpmSide(setting);
      default ->
          message -> {
            expect(PayloadCase.OIDC_INIT, message);
            String idToken = message.getOidcInit().getIdToken().toStringUtf8();
            return admitted(
                setting
                    .joining()
                    .join(
                        setting.request(message.getOidcInit().getClientParams(), idToken),
                        setting.connection()));
          };
    };
  }

  /** Refuses what does not come next. */
  static void expect(PayloadCase wanted, io.machineid.wire.joinv1.JoinRequest message) {
    if (message.getPayloadCase() != wanted) {
      throw Refusal.bad("expected %s, got %s".formatted(wanted, message.getPayloadCase()));
    }
  }

  /** The end of it. */
  static JoinResponse admitted(Certs certs) {
    return result(BotResult.newBuilder().setCertificates(WireForms.binary(certs)));
  }

  /** The end of it. */
  static JoinResponse result(BotResult.Builder result) {
    return JoinResponse.newBuilder().setResult(Result.newBuilder().setBotResult(result)).build();
  }
}
