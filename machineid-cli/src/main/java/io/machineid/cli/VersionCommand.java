package io.machineid.cli;

import picocli.CommandLine.Command;

/** {@code machineid version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand extends Subcommand implements Runnable {

  static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public void run() {
    out().println("machineid " + version() + ", Java " + Runtime.version());
  }
}
