package io.machineid.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a bot told of itself; clusters of version 17 and newer are told.
 *
 * @param botName the bot
 * @param instanceId its instance, as the cluster named it when the bot joined
 * @param startup whether it was the first of its process
 * @param oneShot whether the process does its work once and ends
 * @param version the client's version
 * @param hostname the machine that it runs on
 * @param uptime how long the bot has been at work
 * @param joinMethod how it joined, such as {@code token}
 * @param architecture the machine's, in the words of Go, such as {@code amd64}
 * @param os the machine's, in the words of Go, such as {@code linux}
 * @param services how what its process keeps valid does
 * @param at when it came, by the cluster's clock
 */
public record RecordedHeartbeat(
    String botName,
    String instanceId,
    boolean startup,
    boolean oneShot,
    String version,
    String hostname,
    Duration uptime,
    String joinMethod,
    String architecture,
    String os,
    List<Service> services,
    Instant at) {

  /**
   * Copies.
   *
   * @param botName the bot
   * @param instanceId its instance, as the cluster named it when the bot joined
   * @param startup whether it was the first of its process
   * @param oneShot whether the process does its work once and ends
   * @param version the client's version
   * @param hostname the machine that it runs on
   * @param uptime how long the bot has been at work
   * @param joinMethod how it joined, such as {@code token}
   * @param architecture the machine's, in the words of Go, such as {@code amd64}
   * @param os the machine's, in the words of Go, such as {@code linux}
   * @param services how what its process keeps valid does
   * @param at when it came, by the cluster's clock
   */
  public RecordedHeartbeat {
    services = List.copyOf(services);
  }

  /**
   * One thing that a bot's process keeps valid.
   *
   * @param type what kind of thing, such as {@code kubernetes}
   * @param name its name
   * @param status {@code INITIALIZING}, {@code HEALTHY} or {@code UNHEALTHY}
   * @param reason why; empty where nothing was said
   * @param updatedAt since when, by the bot's clock
   */
  public record Service(
      String type, String name, String status, String reason, Instant updatedAt) {}
}
