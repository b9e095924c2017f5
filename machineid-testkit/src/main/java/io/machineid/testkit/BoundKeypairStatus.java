package io.machineid.testkit;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a cluster has noted of a token resource of the method {@code bound_keypair}. Immutable.
 *
 * @param registrationSecret the secret of the first join: the one of the token resource, or one
 *     that the cluster has made
 * @param boundPublicKey the key that it is bound to, a line of authorized_keys without newline;
 *     empty before the first join
 * @param botInstanceId the instance that joined last; empty before the first join
 * @param recoveryCount how often a bot joined without a valid identity; the first join is one
 * @param lastRecoveredAt when it did so last
 * @param lastRotatedAt when the key was made that it is bound to; empty for one that was named
 *     beforehand
 * @param locked whether nobody joins with it until {@link TestCluster#unlockToken}
 */
public record BoundKeypairStatus(
    String registrationSecret,
    Optional<String> boundPublicKey,
    Optional<String> botInstanceId,
    int recoveryCount,
    Optional<Instant> lastRecoveredAt,
    Optional<Instant> lastRotatedAt,
    boolean locked) {

  /**
   * Checks.
   *
   * @param registrationSecret component {@code registrationSecret}
   * @param boundPublicKey component {@code boundPublicKey}
   * @param botInstanceId component {@code botInstanceId}
   * @param recoveryCount component {@code recoveryCount}
   * @param lastRecoveredAt component {@code lastRecoveredAt}
   * @param lastRotatedAt component {@code lastRotatedAt}
   * @param locked component {@code locked}
   */
  public BoundKeypairStatus {
    Objects.requireNonNull(registrationSecret, "registrationSecret");
    Objects.requireNonNull(boundPublicKey, "boundPublicKey");
    Objects.requireNonNull(botInstanceId, "botInstanceId");
    Objects.requireNonNull(lastRecoveredAt, "lastRecoveredAt");
    Objects.requireNonNull(lastRotatedAt, "lastRotatedAt");
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "BoundKeypairStatus[recoveries=%d, locked=%s]".formatted(recoveryCount, locked);
  }
}
