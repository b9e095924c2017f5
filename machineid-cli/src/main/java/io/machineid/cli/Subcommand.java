package io.machineid.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command has: {@code --help}, and where it prints. */
abstract class Subcommand {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Spec @Nullable CommandSpec spec;

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }

  /** What the command is called. */
  final String name() {
    return line().getCommandName();
  }

  /** Standard output; to be flushed. */
  final PrintWriter out() {
    return line().getOut();
  }

  /** Standard error; to be flushed. */
  final PrintWriter err() {
    return line().getErr();
  }

  /** What to throw where the flags do not go together. */
  final ParameterException usage(String message) {
    return new ParameterException(line(), message);
  }
}
