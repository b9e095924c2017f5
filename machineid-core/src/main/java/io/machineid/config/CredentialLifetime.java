package io.machineid.config;

import java.time.Duration;

/**
 * How long credentials live, and how often they are renewed.
 *
 * @param ttl the lifetime to ask for, at least a minute; the cluster may grant less
 * @param renewalInterval how long to wait between renewals, positive
 */
public record CredentialLifetime(Duration ttl, Duration renewalInterval) {

  static final Duration SHORTEST_TTL = Duration.ofMinutes(1);

  /** What counts where the file says nothing: an hour, renewed every 20 minutes. */
  public static final CredentialLifetime DEFAULT =
      new CredentialLifetime(Duration.ofMinutes(60), Duration.ofMinutes(20));

  /**
   * Checks.
   *
   * @param ttl component {@code ttl}
   * @param renewalInterval component {@code renewalInterval}
   */
  public CredentialLifetime {
    if (ttl.compareTo(SHORTEST_TTL) < 0) {
      throw new IllegalArgumentException("ttl must be at least a minute, is " + ttl);
    }
    if (renewalInterval.isZero() || renewalInterval.isNegative()) {
      throw new IllegalArgumentException("renewalInterval must be positive, is " + renewalInterval);
    }
  }
}
