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
 */
public record CredentialRequest(
    List<String> roles,
    Optional<String> kubernetesCluster,
    Optional<Duration> ttl,
    Optional<Duration> renewalInterval) {

  /**
   * Checks and copies.
   *
   * @param roles component {@code roles}
   * @param kubernetesCluster component {@code kubernetesCluster}
   * @param ttl component {@code ttl}
   * @param renewalInterval component {@code renewalInterval}
   */
  public CredentialRequest {
    roles = List.copyOf(roles);
    Objects.requireNonNull(kubernetesCluster, "kubernetesCluster");
    ttl.ifPresent(value -> checkPositive("ttl", value));
    renewalInterval.ifPresent(value -> checkPositive("renewalInterval", value));
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
    return new CredentialRequest(
        List.of(roles), Optional.of(cluster), Optional.empty(), Optional.empty());
  }

  /**
   * A certificate that carries roles, and is for no Kubernetes cluster.
   *
   * @param roles the roles, or none for all that the bot may impersonate
   * @return the request
   */
  public static CredentialRequest forRoles(String... roles) {
    return new CredentialRequest(
        List.of(roles), Optional.empty(), Optional.empty(), Optional.empty());
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
        roles, kubernetesCluster, Optional.of(newTtl), Optional.of(newRenewalInterval));
  }

  /**
   * The same for a Kubernetes cluster.
   *
   * @param cluster its name in Teleport
   * @return the request
   */
  public CredentialRequest forKubernetesCluster(String cluster) {
    return new CredentialRequest(roles, Optional.of(cluster), ttl, renewalInterval);
  }
}
