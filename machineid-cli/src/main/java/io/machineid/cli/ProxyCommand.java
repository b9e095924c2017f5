package io.machineid.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code machineid proxy}: ports for other programs. */
@Command(
    name = "proxy",
    description = "Ports on loopback by which other programs reach what Teleport leads to.",
    synopsisSubcommandLabel = "COMMAND")
final class ProxyCommand extends HelpOption implements Runnable {

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing: kube");
  }
}
