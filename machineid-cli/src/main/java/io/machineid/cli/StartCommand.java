package io.machineid.cli;

import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import io.machineid.config.ConfigOverrides;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code machineid start}: what {@code tbot start} does. */
@Command(
    name = "start",
    customSynopsis = "machineid start [TYPE] [FLAGS]",
    description = "Join the cluster, write the outputs, and keep them valid.",
    footer = {"", "SIGHUP and SIGUSR1 renew everything now. `machineid --help` lists exit codes."})
final class StartCommand extends Subcommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Mixin GivenConfig config = new GivenConfig();
  @Mixin OutputFlags outputFlags = new OutputFlags();

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "How messages are written: text or json. Default: ${DEFAULT-VALUE}")
  LogFormat logFormat = LogFormat.TEXT;

  @Option(
      names = "--pid-file",
      paramLabel = "FILE",
      description = "Where to write the number of this process, from its join to its end.")
  @Nullable Path pidFile;

  StartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    logFormat.use();
    surroundings.signals().run();
    ConfigOverrides.Builder flags = config.overrides();
    outputFlags.addTo(flags, this);
    BotConfig read = config.read(flags, surroundings);
    BotEnvironment environment = BotEnvironment.of(surroundings.environment());
    Served.check(read, environment);
    Optional<Path> number = Optional.ofNullable(pidFile);
    number.ifPresent(PidFile::check);
    return new Runner(read, number, surroundings).run();
  }
}
