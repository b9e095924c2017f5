package io.machineid.config;

import io.machineid.ConfigException;
import io.machineid.join.JoinMethod;
import java.nio.file.Path;
import java.util.List;
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

  /** The methods that this version joins by. */
  private static final List<String> SERVED = List.of(JoinKeys.TOKEN);

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
   * The method to join by. A file that holds the token is read when the bot joins, not before.
   *
   * @return the method, or empty where the token is missing because a stored identity is enough
   * @throws ConfigException when this version cannot join by the configured method; the message
   *     names it and those that it can
   */
  public Optional<JoinMethod> method() {
    if (join instanceof JoinConfig.Token secret) {
      return secret.token().map(JoinToken::method);
    }
    throw new ConfigException(
        "onboarding.join_method: join method `"
            + join.name()
            + "` is not served by this version of machineid; it serves: "
            + String.join(", ", SERVED),
        null);
  }
}
