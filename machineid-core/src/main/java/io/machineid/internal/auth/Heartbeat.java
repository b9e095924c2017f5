package io.machineid.internal.auth;

import io.machineid.internal.transport.AuthChannels;
import io.machineid.wire.machineid.BotInstanceStatusHeartbeat;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;

/**
 * What a bot tells its cluster of itself.
 *
 * @param startup whether it is the first that arrives
 * @param oneShot whether the process does its work once and ends
 * @param uptime how long the bot has been at work
 * @param joinMethod how it joins
 */
public record Heartbeat(boolean startup, boolean oneShot, Duration uptime, String joinMethod) {

  /** The message; looks up the name of this machine, and may block for that. */
  BotInstanceStatusHeartbeat message() {
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
