package io.machineid.cli;

import io.machineid.config.BotConfig;
import io.machineid.config.BotEnvironment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code machineid start}: what {@code tbot start} does. */
@Command(
    name = "start",
    description = "Join the cluster, write the outputs, and keep them valid.",
    footer = {"", "SIGHUP and SIGUSR1 renew everything now. `machineid --help` lists exit codes."})
final class StartCommand extends Subcommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Mixin GivenConfig config = new GivenConfig();

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "How messages are written: text or json. Default: ${DEFAULT-VALUE}")
  LogFormat logFormat = LogFormat.TEXT;

  StartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    logFormat.use();
    surroundings.signals().run();
    BotConfig read = config.read(surroundings);
    BotEnvironment environment = BotEnvironment.of(surroundings.environment());
    Served.check(read, environment);
    return new Runner(read, read.oneshot(), surroundings).run();
  }
}
