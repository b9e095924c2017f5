package io.machineid.cli;

import io.machineid.config.BotConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code machineid start}: what {@code tbot start} does. */
@Command(
    name = "start",
    description = "Join the cluster, write the outputs, and keep them valid.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:with oneshot, all outputs were written; else ended by SIGTERM or SIGINT",
      "1:failed: the configuration, joining, or (with oneshot) an output",
      "2:wrong usage"
    })
final class StartCommand extends HelpOption implements Callable<Integer> {

  private final Surroundings surroundings;

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The configuration, a tbot.yaml of version v2.")
  Path config = Path.of("tbot.yaml");

  @Option(names = "--oneshot", description = "Write the outputs once and end.")
  boolean oneshot;

  @Option(
      names = {"-d", "--debug"},
      description = "Log in detail, and show stack traces.")
  boolean debug;

  StartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (debug) {
      System.setProperty(PlainLogger.DEBUG_PROPERTY, "true");
    }
    BotConfig read = BotConfig.load(config);
    if (read.debug()) {
      System.setProperty(PlainLogger.DEBUG_PROPERTY, "true");
    }
    return new Runner(read, oneshot || read.oneshot(), surroundings).run();
  }
}
