package io.machineid;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a bot is asked to issue: a certificate with some of the roles that the bot may impersonate.
 *
 * @param roles the roles, or empty for all that the bot may impersonate
 * @param kubernetesCluster the Kubernetes cluster that the certificate is for, or empty
 * @param ttl the lifetime to ask for, or empty for the bot's; the server may grant less
 * @param renewalInterval how long to wait between renewals, or empty for the bot's; where that is
 *     too long for what was granted, after a third of it
 * @param teleportCluster the Teleport cluster that requests are routed to, a leaf of the bot's; or
 *     empty for the bot's own
 * @param reissuable whether the holder may exchange the certificate for others; some clusters of
 *     version 16 do not grant that
 */
public record CredentialRequest(
    List<String> roles,
    Optional<String> kubernetesCluster,
    Optional<Duration> ttl,
    Optional<Duration> renewalInterval,
    Optional<String> teleportCluster,
    boolean reissuable) {

  /**
   * Checks and copies.
   *
   * @param roles component {@code roles}
   * @param kubernetesCluster component {@code kubernetesCluster}
   * @param ttl component {@code ttl}
   * @param renewalInterval component {@code renewalInterval}
   * @param teleportCluster component {@code teleportCluster}
   * @param reissuable component {@code reissuable}
   */
  public CredentialRequest {
    roles = List.copyOf(roles);
    Objects.requireNonNull(kubernetesCluster, "kubernetesCluster");
    Objects.requireNonNull(teleportCluster, "teleportCluster");
    ttl.ifPresent(value -> checkPositive("ttl", value));
    renewalInterval.ifPresent(value -> checkPositive("renewalInterval", value));
  }

  private static void checkGiven(String[] names) {
    Objects.requireNonNull(names, "roles");
    for (String name : names) {
      Objects.requireNonNull(
          name, "role is null: is the setting or environment variable set that it comes from?");
    }
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, is " + value);
    }
  }

  /**
   * A certificate for one Kubernetes cluster.
   *
   * @param cluster its name in Teleport
   * @param roles the roles, or none for all that the bot may impersonate
   * @return the request
   */
  public static CredentialRequest kubernetes(String cluster, String... roles) {
    return forRoles(roles).forKubernetesCluster(cluster);
  }

  /**
   * A certificate that carries roles, and is for no Kubernetes cluster.
   *
   * @param roles the roles, or none for all that the bot may impersonate
   * @return the request
   */
  public static CredentialRequest forRoles(String... roles) {
    checkGiven(roles);
    return new CredentialRequest(
        List.of(roles),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /**
   * The same with other roles.
   *
   * @param newRoles the roles, or none for all that the bot may impersonate
   * @return the request
   */
  public CredentialRequest withRoles(String... newRoles) {
    checkGiven(newRoles);
    return new CredentialRequest(
        List.of(newRoles), kubernetesCluster, ttl, renewalInterval, teleportCluster, reissuable);
  }

  /**
   * The same with a lifetime of its own.
   *
   * @param newTtl the lifetime to ask for
   * @param newRenewalInterval how long to wait between renewals
   * @return the request
   */
  public CredentialRequest withLifetime(Duration newTtl, Duration newRenewalInterval) {
    return new CredentialRequest(
        roles,
        kubernetesCluster,
        Optional.of(newTtl),
        Optional.of(newRenewalInterval),
        teleportCluster,
        reissuable);
  }

  /**
   * The same for a Kubernetes cluster.
   *
   * @param cluster its name in Teleport
   * @return the request
   */
  public CredentialRequest forKubernetesCluster(String cluster) {
    Objects.requireNonNull(
        cluster,
        "Kubernetes cluster is null: is the setting or environment variable set that it comes from?");
    return new CredentialRequest(
        roles, Optional.of(cluster), ttl, renewalInterval, teleportCluster, reissuable);
  }

  /**
   * The same for a leaf cluster. Experimental: made by the protocol's documents alone, and never
   * tried with a real leaf.
   *
   * @param cluster the Teleport cluster that requests are routed to
   * @return the request
   */
  public CredentialRequest routedTo(String cluster) {
    return new CredentialRequest(
        roles, kubernetesCluster, ttl, renewalInterval, Optional.of(cluster), reissuable);
  }

  /**
   * The same, and the holder may exchange the certificate for others: who steals it can prolong it.
   *
   * @return the request
   */
  public CredentialRequest allowingReissue() {
    return new CredentialRequest(
        roles, kubernetesCluster, ttl, renewalInterval, teleportCluster, true);
  }
}
