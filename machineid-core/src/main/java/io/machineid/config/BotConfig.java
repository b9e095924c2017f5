package io.machineid.config;

import io.machineid.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A {@code tbot.yaml} of version 2. Reading is strict: what is not understood, here or by {@code
 * tbot}, is refused with its place in the file, never ignored. Immutable.
 *
 * @param server the cluster's address
 * @param onboarding how the bot joins
 * @param storage where the bot keeps its own identity; default the directory {@code
 *     /var/lib/teleport/bot}
 * @param outputs what to make, in the order of the file
 * @param certificateTtl the lifetime to ask for; default an hour
 * @param renewalInterval how long to wait between renewals; default 20 minutes
 * @param oneshot whether to write the outputs once and end; default false
 * @param insecure whether the server's certificate goes unverified; default false
 * @param debug whether to log in detail; default false
 */
public record BotConfig(
    ServerAddress server,
    OnboardingConfig onboarding,
    DestinationConfig storage,
    List<OutputConfig> outputs,
    Duration certificateTtl,
    Duration renewalInterval,
    boolean oneshot,
    boolean insecure,
    boolean debug) {

  /** The lifetime asked for where the file names none. */
  public static final Duration DEFAULT_CERTIFICATE_TTL = Duration.ofMinutes(60);

  /** The interval of renewals where the file names none. */
  public static final Duration DEFAULT_RENEWAL_INTERVAL = Duration.ofMinutes(20);

  /**
   * Checks and copies.
   *
   * @param server component {@code server}
   * @param onboarding component {@code onboarding}
   * @param storage component {@code storage}
   * @param outputs component {@code outputs}
   * @param certificateTtl component {@code certificateTtl}
   * @param renewalInterval component {@code renewalInterval}
   * @param oneshot component {@code oneshot}
   * @param insecure component {@code insecure}
   * @param debug component {@code debug}
   */
  public BotConfig {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(onboarding, "onboarding");
    Objects.requireNonNull(storage, "storage");
    outputs = List.copyOf(outputs);
    Objects.requireNonNull(certificateTtl, "certificateTtl");
    Objects.requireNonNull(renewalInterval, "renewalInterval");
  }

  /**
   * Reads a file.
   *
   * @param file UTF-8, at most 1 MiB
   * @return the configuration
   * @throws ConfigException when it cannot be read or says something wrong; the message names file,
   *     line, column, key
   */
  public static BotConfig load(Path file) {
    return ConfigReader.read(ConfigFile.text(file), file.toString(), true);
  }

  /**
   * Reads a text. Unlike {@link #load}, this does not look at the disk: a missing token passes
   * where a directory may hold an identity.
   *
   * @param yaml the text of a file
   * @param sourceName what to call it in messages
   * @return the configuration
   * @throws ConfigException as {@link #load}
   */
  public static BotConfig parse(String yaml, String sourceName) {
    return ConfigReader.read(ConfigFile.checkSize(yaml, sourceName), sourceName, false);
  }

  /**
   * Writes a file that {@link #parse} and {@code tbot} read as this configuration. It holds the
   * join token.
   *
   * @return YAML, with defaults spelled out
   */
  public String toYaml() {
    return ConfigWriter.write(this);
  }
}
