package io.machineid.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code onboarding}: how the bot joins.
 *
 * @param joinMethod the method's name; this version serves {@code token}
 * @param token the token; empty only where a stored identity makes it needless
 * @param caPins {@code sha256:…} pins of the cluster's CA, for joining at an auth server
 * @param caPath a PEM file with the cluster's host CA, for joining at an auth server
 */
public record OnboardingConfig(
    String joinMethod, Optional<JoinToken> token, List<String> caPins, Optional<Path> caPath) {

  /**
   * Checks and copies.
   *
   * @param joinMethod component {@code joinMethod}
   * @param token component {@code token}
   * @param caPins component {@code caPins}
   * @param caPath component {@code caPath}
   */
  public OnboardingConfig {
    Objects.requireNonNull(joinMethod, "joinMethod");
    Objects.requireNonNull(token, "token");
    caPins = List.copyOf(caPins);
    Objects.requireNonNull(caPath, "caPath");
  }
}
