package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.Diagnosis;
import io.machineid.config.BotConfig;
import io.machineid.join.JoinMethod;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code machineid diagnose}: the ways that {@code start} would take, without a join. */
@Command(
    name = "diagnose",
    description =
        "Tell what is at the cluster's address, by which ways it is reached, and what is wrong.",
    footer = {
      "",
      "Joins nothing, sends no token and writes no file. Ends with 0 when all is well."
    })
final class DiagnoseCommand extends Subcommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Mixin GivenConfig config = new GivenConfig();

  DiagnoseCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    BotConfig read = config.read(surroundings);
    Bot.Builder bot = BotFactory.way(read, surroundings.environment());
    method(read).ifPresent(bot::join);
    Diagnosis diagnosis = bot.diagnose();
    PrintWriter out = out();
    out.print(diagnosis.toText());
    out.flush();
    return diagnosis
        .problem()
        .flatMap(Diagnosis.Finding::problem)
        .map(ExitCodes::of)
        .orElse(CommandLines.OK);
  }

  /** By which the bot would join: some take another way. What is wrong with it start will say. */
  private Optional<JoinMethod> method(BotConfig read) {
    try {
      return read.onboarding().method(surroundings.environment());
    } catch (ConfigException e) {
      return Optional.empty();
    }
  }
}
