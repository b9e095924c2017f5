package io.machineid;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How one thing does that a bot's process keeps valid, as the cluster is told of it with
 * {@linkplain HeartbeatMode heartbeats}. Immutable.
 *
 * @param type what kind of thing, such as {@code kubernetes}
 * @param name its name, one of its own within the process; the cluster is told 64 bytes of it
 * @param status how it does
 * @param reason why, where there is something to say; never a secret; the cluster is told 256 bytes
 *     of it
 * @param updatedAt since when, by this machine's clock
 */
public record ServiceHealth(
    String type, String name, Status status, Optional<String> reason, Instant updatedAt) {

  /** How a service does. */
  public enum Status {
    /** It has not come to anything yet. */
    INITIALIZING,
    /** It is as it should be. */
    HEALTHY,
    /** Its last try failed, or what it has is of no use any more. */
    UNHEALTHY
  }

  /**
   * Checks.
   *
   * @param type what kind of thing
   * @param name its name
   * @param status how it does
   * @param reason why
   * @param updatedAt since when
   */
  public ServiceHealth {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(updatedAt, "updatedAt");
  }
}
