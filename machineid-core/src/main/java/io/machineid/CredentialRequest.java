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
 */
public record CredentialRequest(
    List<String> roles, Optional<String> kubernetesCluster, Optional<Duration> ttl) {

  /**
   * Checks and copies.
   *
   * @param roles component {@code roles}
   * @param kubernetesCluster component {@code kubernetesCluster}
   * @param ttl component {@code ttl}
   */
  public CredentialRequest {
    roles = List.copyOf(roles);
    Objects.requireNonNull(kubernetesCluster, "kubernetesCluster");
    ttl.ifPresent(
        value -> {
          if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("ttl must be positive, is " + value);
          }
        });
  }

  /**
   * A certificate for one Kubernetes cluster.
   *
   * @param cluster its name in Teleport
   * @param roles the roles, or none for all that the bot may impersonate
   * @return the request
   */
  public static CredentialRequest kubernetes(String cluster, String... roles) {
    return new CredentialRequest(List.of(roles), Optional.of(cluster), Optional.empty());
  }

  /**
   * A certificate that carries roles, and is for no Kubernetes cluster.
   *
   * @param roles the roles, or none for all that the bot may impersonate
   * @return the request
   */
  public static CredentialRequest forRoles(String... roles) {
    return new CredentialRequest(List.of(roles), Optional.empty(), Optional.empty());
  }
}
