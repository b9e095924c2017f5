package io.machineid.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code machineid version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand extends HelpOption implements Runnable {

  @Spec @Nullable CommandSpec spec;

  static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public void run() {
    Objects.requireNonNull(spec)
        .commandLine()
        .getOut()
        .println("machineid " + version() + ", Java " + Runtime.version());
  }
}
