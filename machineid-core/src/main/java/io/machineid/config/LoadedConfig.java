package io.machineid.config;

import java.util.List;
import java.util.Objects;

/**
 * A configuration, and what its user should hear about how it came to be.
 *
 * @param config the configuration
 * @param notices sentences for a log, such as that a flag replaces a key of the file; without
 *     secrets
 */
public record LoadedConfig(BotConfig config, List<String> notices) {

  /**
   * Checks and copies.
   *
   * @param config component {@code config}
   * @param notices component {@code notices}
   */
  public LoadedConfig {
    Objects.requireNonNull(config, "config");
    notices = List.copyOf(notices);
  }
}
