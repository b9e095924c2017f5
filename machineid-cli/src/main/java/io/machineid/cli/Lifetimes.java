package io.machineid.cli;

import io.machineid.CredentialRequest;
import io.machineid.config.CredentialLifetime;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/** How long credentials live, in the bounds of what clusters grant. */
final class Lifetimes {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final Duration LONGEST_TTL = Duration.ofHours(24);

  private Lifetimes() {}

  static Duration ttl(CredentialLifetime lifetime) {
    return lifetime.ttl().compareTo(LONGEST_TTL) > 0 ? LONGEST_TTL : lifetime.ttl();
  }

  static CredentialRequest of(CredentialRequest request, Optional<CredentialLifetime> own) {
    return own.map(it -> request.withLifetime(ttl(it), it.renewalInterval())).orElse(request);
  }

  /**
   * Tells what will be otherwise than it was written.
   *
   * @param of whose it is, to begin the sentence with, or nothing
   */
  static void warn(CredentialLifetime lifetime, String of) {
    if (lifetime.ttl().compareTo(LONGEST_TTL) > 0) {
      LOG.log(
          Level.WARNING,
          "{0}credential_ttl is longer than a cluster grants: 24h are asked for",
          of);
    }
    if (lifetime.renewalInterval().compareTo(ttl(lifetime)) > 0) {
      LOG.log(
          Level.WARNING,
          "{0}renewal_interval is longer than credential_ttl: certificates are renewed before they end",
          of);
    }
  }
}
