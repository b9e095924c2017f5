package io.machineid.config;

import io.machineid.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A {@code tbot.yaml} of version 2. Reading is strict: what is not understood, here or by {@code
 * tbot}, is refused with its place in the file, never ignored. Immutable.
 *
 * @param server the cluster's address
 * @param onboarding how the bot joins
 * @param storage where the bot keeps its own identity; default the directory {@code
 *     /var/lib/teleport/bot}
 * @param outputs what to make: {@code services}, then {@code outputs}, in the order of the file
 * @param lifetime of the bot's identity, and of outputs that have none of their own
 * @param diagAddr {@code host:port} where health and metrics are served, or empty for nowhere; the
 *     host may be missing, for all
 * @param oneshot whether to write the outputs once and end; default false
 * @param insecure whether the server's certificate goes unverified; default false
 * @param fips whether only FIPS cryptography may be used; default false
 * @param debug whether to log in detail; default false
 */
public record BotConfig(
    ServerAddress server,
    OnboardingConfig onboarding,
    DestinationConfig storage,
    List<OutputConfig> outputs,
    CredentialLifetime lifetime,
    Optional<String> diagAddr,
    boolean oneshot,
    boolean insecure,
    boolean fips,
    boolean debug) {

  /**
   * Checks and copies.
   *
   * @param server component {@code server}
   * @param onboarding component {@code onboarding}
   * @param storage component {@code storage}
   * @param outputs component {@code outputs}
   * @param lifetime component {@code lifetime}
   * @param diagAddr component {@code diagAddr}
   * @param oneshot component {@code oneshot}
   * @param insecure component {@code insecure}
   * @param fips component {@code fips}
   * @param debug component {@code debug}
   */
  public BotConfig {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(onboarding, "onboarding");
    Objects.requireNonNull(storage, "storage");
    outputs = List.copyOf(outputs);
    Objects.requireNonNull(lifetime, "lifetime");
    Objects.requireNonNull(diagAddr, "diagAddr");
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
    return ConfigOverrides.none().load(file).config();
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
    return ConfigOverrides.none().parse(yaml, sourceName).config();
  }

  /**
   * The lifetime that counts for an output.
   *
   * @param output one of {@link #outputs}
   * @return its own, or else that of the bot
   */
  public CredentialLifetime lifetime(OutputConfig output) {
    return output.lifetime().orElse(lifetime);
  }

  /**
   * Writes a file that {@link #parse} and {@code tbot} read as this configuration. It holds the
   * join token. Keys have the names that all versions of {@code tbot} read which know the key.
   *
   * @return YAML, with defaults spelled out
   */
  public String toYaml() {
    return ConfigWriter.write(this);
  }
}
