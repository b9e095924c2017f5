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

/**
 * What the commands that meet a cluster are told: a file, the environment over it, flags over both.
 */
final class FileAndFlags {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private FileAndFlags() {}

  /** Reads all of it, says what is old-fashioned in it, and logs in detail where it says so. */
  static BotConfig read(@Nullable Path file, ConfigFlags flags, Surroundings surroundings) {
    debug(flags.debug);
    BotEnvironment environment = BotEnvironment.of(surroundings.environment());
    ConfigOverrides overrides = flags.overrides().build().over(environment.overrides());
    Optional<Path> config = Optional.ofNullable(file).or(environment::configFile);
    LoadedConfig loaded = config.map(overrides::load).orElseGet(() -> overrides.alone(true));
    debug(loaded.config().debug());
    loaded.notices().forEach(notice -> LOG.log(Level.WARNING, "{0}", notice));
    return loaded.config();
  }

  private static void debug(boolean wanted) {
    if (wanted) {
      System.setProperty(PlainLogger.DEBUG_PROPERTY, "true");
    }
  }
}
