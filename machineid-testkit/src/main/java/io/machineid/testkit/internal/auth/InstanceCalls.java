package io.machineid.testkit.internal.auth;

import io.grpc.stub.StreamObserver;
import io.machineid.testkit.RecordedHeartbeat;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.state.Heartbeats;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.machineid.BotInstanceServiceGrpc;
import io.machineid.wire.machineid.BotInstanceServiceHealth;
import io.machineid.wire.machineid.BotInstanceStatusHeartbeat;
import io.machineid.wire.machineid.SubmitHeartbeatRequest;
import io.machineid.wire.machineid.SubmitHeartbeatResponse;
import java.time.Duration;
import java.time.Instant;
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
          heartbeats.add(recorded(caller, request));
          return SubmitHeartbeatResponse.getDefaultInstance();
        });
  }

  /** An impersonated identity has no instance, and so nothing to tell. */
  private RecordedHeartbeat recorded(TlsIdentity caller, SubmitHeartbeatRequest request) {
    BotInstanceStatusHeartbeat heartbeat = request.getHeartbeat();
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
        request.getServiceHealthList().stream().map(InstanceCalls::service).toList(),
        clock.instant());
  }

  private static RecordedHeartbeat.Service service(BotInstanceServiceHealth health) {
    return new RecordedHeartbeat.Service(
        health.getService().getType(),
        health.getService().getName(),
        health.getStatus().name().replace("BOT_INSTANCE_HEALTH_STATUS_", ""),
        health.getReason(),
        Instant.ofEpochSecond(
            health.getUpdatedAt().getSeconds(), health.getUpdatedAt().getNanos()));
  }
}
