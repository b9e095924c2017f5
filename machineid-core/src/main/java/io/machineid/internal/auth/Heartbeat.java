package io.machineid.internal.auth;

import com.google.protobuf.Timestamp;
import io.machineid.ServiceHealth;
import io.machineid.internal.transport.AuthChannels;
import io.machineid.wire.machineid.BotInstanceHealthStatus;
import io.machineid.wire.machineid.BotInstanceServiceHealth;
import io.machineid.wire.machineid.BotInstanceServiceIdentifier;
import io.machineid.wire.machineid.BotInstanceStatusHeartbeat;
import io.machineid.wire.machineid.SubmitHeartbeatRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What a bot tells its cluster of itself.
 *
 * @param startup whether it is the first that arrives
 * @param oneShot whether the process does its work once and ends
 * @param uptime how long the bot has been at work
 * @param joinMethod how it joins
 * @param services how what the process keeps valid does
 */
public record Heartbeat(
    boolean startup,
    boolean oneShot,
    Duration uptime,
    String joinMethod,
    List<ServiceHealth> services) {

  private static final int NAME_BYTES = 64;
  private static final int REASON_BYTES = 256;

  /** Copies. */
  public Heartbeat {
    services = List.copyOf(services);
  }

  /** The message; looks up the name of this machine, and may block for that. */
  SubmitHeartbeatRequest request() {
    SubmitHeartbeatRequest.Builder request =
        SubmitHeartbeatRequest.newBuilder().setHeartbeat(message());
    services.forEach(service -> request.addServiceHealth(health(service)));
    return request.build();
  }

  private static BotInstanceServiceHealth health(ServiceHealth service) {
    BotInstanceServiceHealth.Builder health =
        BotInstanceServiceHealth.newBuilder()
            .setService(
                BotInstanceServiceIdentifier.newBuilder()
                    .setType(service.type())
                    .setName(cut(service.name(), NAME_BYTES)))
            .setStatus(status(service.status()))
            .setUpdatedAt(timestamp(service.updatedAt()));
    service.reason().ifPresent(reason -> health.setReason(cut(reason, REASON_BYTES)));
    return health.build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static BotInstanceHealthStatus status(ServiceHealth.Status status) {
    return switch (status) {
      case INITIALIZING -> BotInstanceHealthStatus.BOT_INSTANCE_HEALTH_STATUS_INITIALIZING;
      case HEALTHY -> BotInstanceHealthStatus.BOT_INSTANCE_HEALTH_STATUS_HEALTHY;
      case UNHEALTHY -> BotInstanceHealthStatus.BOT_INSTANCE_HEALTH_STATUS_UNHEALTHY;
    };
  }

  /** As much of it as fits, in whole characters. */
  static String cut(String text, int bytes) {
    CharBuffer rest = CharBuffer.wrap(text);
    ByteBuffer room = ByteBuffer.allocate(bytes);
    var unused = StandardCharsets.UTF_8.newEncoder().encode(rest, room, true);
    return text.substring(0, rest.position());
  }

  private BotInstanceStatusHeartbeat message() {
    return BotInstanceStatusHeartbeat.newBuilder()
        .setIsStartup(startup)
        .setVersion(AuthChannels.TELEPORT_VERSION)
        .setHostname(hostname())
        .setUptime(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(uptime.getSeconds())
                .setNanos(uptime.getNano()))
        .setJoinMethod(joinMethod)
        .setOneShot(oneShot)
        .setArchitecture(architecture(System.getProperty("os.arch", "")))
        .setOs(os(System.getProperty("os.name", "")))
        .build();
  }

  private static String hostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  /** In the words of Go. */
  static String architecture(String java) {
    return switch (java) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      case "x86", "i386" -> "386";
      default -> java;
    };
  }

  /** In the words of Go. */
  static String os(String java) {
    String name = java.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return "darwin";
    }
    return name.startsWith("windows") ? "windows" : name;
  }
}
