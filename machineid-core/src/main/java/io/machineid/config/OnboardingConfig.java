package io.machineid.config;

import io.machineid.join.JoinMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code onboarding}: how the bot joins.
 *
 * @param join the join method with its token
 * @param caPins {@code sha256:…} pins of the cluster's CA, for joining at an auth server
 * @param caPath a PEM file with the cluster's host CA, for joining at an auth server
 */
public record OnboardingConfig(JoinConfig join, List<String> caPins, Optional<Path> caPath) {

  /**
   * Checks and copies.
   *
   * @param join component {@code join}
   * @param caPins component {@code caPins}
   * @param caPath component {@code caPath}
   */
  public OnboardingConfig {
    Objects.requireNonNull(join, "join");
    caPins = List.copyOf(caPins);
    Objects.requireNonNull(caPath, "caPath");
  }

  /**
   * The method to join by, with the environment of this process. A file that holds the token is
   * read when the bot joins, not before.
   *
   * @return the method, or empty where the token is missing because a stored identity is enough
   */
  public Optional<JoinMethod> method() {
    return method(System.getenv());
  }

  /**
   * The method to join by.
   *
   * @param environment the variables that it finds its evidence by
   * @return the method, or empty where the token is missing because a stored identity is enough
   */
  public Optional<JoinMethod> method(Map<String, String> environment) {
    return Methods.of(join, environment);
  }
}
