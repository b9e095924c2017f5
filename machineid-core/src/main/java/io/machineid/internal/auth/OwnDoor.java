package io.machineid.internal.auth;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.transport.AuthHttp;
import io.machineid.wire.join.JoinServiceGrpc;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The auth service, as it takes joins from the bot that we are: whoever joins there stays the
 * instance that it was.
 */
final class OwnDoor implements JoinDoor {

  static final String REGISTER = "/v2/tokens/register";

  private static final String CALL =
      JoinServiceGrpc.getRegisterUsingTokenMethod().getFullMethodName();

  private final JoinChannel channel;
  private final JoinServices services;

  OwnDoor(JoinChannel channel, JoinServices services) {
    this.channel = channel;
    this.services = services;
  }

  @Override
  public JoinChannel joinChannel() {
    return channel;
  }

  /** Over gRPC, or the way that there was before: by HTTP. */
  @Override
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    if (services.mayHave(channel.route(), CALL)) {
      ManagedChannel opened = channel.open();
      try {
        return IssuedCertificates.of(
            JoinServiceGrpc.newBlockingStub(opened)
                .withDeadlineAfter(JoinStream.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .registerUsingToken(ChallengeJoin.request(order)),
            order.key());
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
          throw JoinErrors.of(e, order, channel.route());
        }
        services.lacks(channel.route(), CALL);
      } finally {
        JoinStream.end(opened);
      }
    }
    return new JoinClient(this::post, channel.route().address(), REGISTER).join(order);
  }

  private WebApi.Answer post(String path, JsonNode body) {
    return WebApi.answer(
        AuthHttp.post(
            channel.route(),
            channel.tls(),
            path,
            body.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
