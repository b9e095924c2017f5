package io.machineid.cli;

import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.config.ConfigOverrides;
import io.machineid.config.LoadedConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What the commands that meet a cluster are told: a file, the environment over it, flags over both.
 */
final class GivenConfig extends ConfigFlags {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration, a tbot.yaml of version v2; flags go over it.")
  @Nullable Path file;

  /** See {@link #read(ConfigOverrides.Builder, Surroundings)}; with no more than these flags. */
  BotConfig read(Surroundings surroundings) {
    return read(overrides(), surroundings);
  }

  /** Reads all of it, says what is old-fashioned in it, and logs in detail where it says so. */
  BotConfig read(ConfigOverrides.Builder flags, Surroundings surroundings) {
    logInDetail(Boolean.TRUE.equals(debug));
    BotEnvironment environment = BotEnvironment.of(surroundings.environment());
    ConfigOverrides overrides = flags.build().over(environment.overrides());
    Optional<Path> config = Optional.ofNullable(file).or(environment::configFile);
    LoadedConfig loaded = config.map(overrides::load).orElseGet(() -> overrides.alone(true));
    logInDetail(loaded.config().debug());
    loaded.notices().forEach(notice -> LOG.log(Level.WARNING, "{0}", notice));
    return loaded.config();
  }

  private static void logInDetail(boolean wanted) {
    if (wanted) {
      System.setProperty(PlainLogger.DEBUG_PROPERTY, "true");
    }
  }
}
