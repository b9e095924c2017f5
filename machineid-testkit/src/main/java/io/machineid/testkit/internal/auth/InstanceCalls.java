package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.testkit.RecordedHeartbeat;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.Heartbeats;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.machineid.BotInstanceServiceGrpc;
import io.machineid.wire.machineid.BotInstanceStatusHeartbeat;
import io.machineid.wire.machineid.SubmitHeartbeatRequest;
import io.machineid.wire.machineid.SubmitHeartbeatResponse;
import java.time.Duration;
import java.time.InstantSource;

/** What bots tell of themselves. */
final class InstanceCalls extends BotInstanceServiceGrpc.BotInstanceServiceImplBase {

  private final Heartbeats heartbeats;
  private final InstantSource clock;

  InstanceCalls(Heartbeats heartbeats, InstantSource clock) {
    this.heartbeats = heartbeats;
    this.clock = clock;
  }

  @Override
  public void submitHeartbeat(
      SubmitHeartbeatRequest request, StreamObserver<SubmitHeartbeatResponse> observer) {
    Answers.answer(
        observer,
        () -> {
          TlsIdentity caller = Answers.caller("access denied");
          if (!request.hasHeartbeat()) {
            throw Refusal.bad("missing parameter heartbeat");
          }
          heartbeats.add(recorded(caller, request.getHeartbeat()));
          return SubmitHeartbeatResponse.getDefaultInstance();
        });
  }

  /** An impersonated identity has no instance, and so nothing to tell. */
  private RecordedHeartbeat recorded(TlsIdentity caller, BotInstanceStatusHeartbeat heartbeat) {
    return new RecordedHeartbeat(
        caller.botName().orElseThrow(() -> Refusal.denied("caller is not a bot")),
        caller.botInstanceId().orElseThrow(() -> Refusal.bad("caller has no bot instance ID")),
        heartbeat.getIsStartup(),
        heartbeat.getOneShot(),
        heartbeat.getVersion(),
        heartbeat.getHostname(),
        Duration.ofSeconds(heartbeat.getUptime().getSeconds(), heartbeat.getUptime().getNanos()),
        heartbeat.getJoinMethod(),
        heartbeat.getArchitecture(),
        heartbeat.getOs(),
        clock.instant());
  }
}
