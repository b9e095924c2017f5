package io.machineid.config;

import java.time.Duration;
import java.util.Optional;

/** Reads {@code credential_ttl}, its old name {@code certificate_ttl}, and the interval. */
final class LifetimeReader {

  static final String TTL = "credential_ttl";
  static final String OLD_TTL = "certificate_ttl";
  static final String INTERVAL = "renewal_interval";

  private final Section section;

  LifetimeReader(Section section) {
    this.section = section;
  }

  /** Of the whole bot: each of the two has its own default. */
  CredentialLifetime ofBot() {
    if (section.has(TTL) && section.has(OLD_TTL)) {
      throw section.error(
          OLD_TTL, "is the old name of `" + TTL + "`, and both are given; keep one");
    }
    Duration ttl = ttl(OLD_TTL).or(() -> ttl(TTL)).orElse(CredentialLifetime.DEFAULT.ttl());
    Duration interval =
        section.duration(INTERVAL).orElse(CredentialLifetime.DEFAULT.renewalInterval());
    return new CredentialLifetime(ttl, interval);
  }

  /** Of one output: both or none. */
  Optional<CredentialLifetime> ofOutput() {
    Optional<Duration> ttl = ttl(TTL);
    Optional<Duration> interval = section.duration(INTERVAL);
    if (ttl.isPresent() != interval.isPresent()) {
      String given = ttl.isPresent() ? TTL : INTERVAL;
      String missing = ttl.isPresent() ? INTERVAL : TTL;
      throw section.error(
          given, "needs `" + missing + "` beside it; an output sets both or none of them");
    }
    return ttl.map(value -> new CredentialLifetime(value, interval.orElseThrow()));
  }

  private Optional<Duration> ttl(String key) {
    Optional<Duration> ttl = section.duration(key);
    if (ttl.isPresent() && ttl.get().compareTo(CredentialLifetime.SHORTEST_TTL) < 0) {
      throw section.error(key, "must be at least 1m, is " + GoDuration.format(ttl.get()));
    }
    return ttl;
  }
}
