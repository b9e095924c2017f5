package io.machineid.cli;

import picocli.CommandLine.Option;

/** {@code --help}, for every command. */
abstract class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
