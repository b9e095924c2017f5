package io.machineid.internal.lifecycle;

import io.machineid.BotListener;
import io.machineid.BotMetrics;
import io.machineid.HeartbeatMode;
import io.machineid.Scheduler;
import io.machineid.ServiceHealth;
import io.machineid.destination.Destination;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.join.JoinMethod;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that a bot needs to live.
 *
 * @param route the way into the cluster
 * @param join how to join; empty where a stored identity has to do
 * @param storage where the identity is kept
 * @param ttl the lifetime to ask for
 * @param renewalInterval how often to renew, where it was said
 * @param clock this machine's clock
 * @param scheduler where to wait
 * @param listeners who is told
 * @param metrics who counts
 * @param heartbeats whether the cluster is told that the bot lives
 * @param health what the cluster is told of what the process keeps valid
 * @param expectedKeys how many keys will be asked for at first
 */
public record BotSettings(
    ClusterRoute route,
    Optional<JoinMethod> join,
    Destination storage,
    Duration ttl,
    Optional<Duration> renewalInterval,
    InstantSource clock,
    Scheduler scheduler,
    List<BotListener> listeners,
    BotMetrics metrics,
    HeartbeatMode heartbeats,
    Supplier<List<ServiceHealth>> health,
    int expectedKeys) {

  /** Copies. */
  public BotSettings {
    listeners = List.copyOf(listeners);
  }
}
