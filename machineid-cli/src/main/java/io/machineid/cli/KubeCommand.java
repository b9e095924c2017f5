package io.machineid.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code machineid kube}: what kubectl calls. */
@Command(
    name = "kube",
    description = "Helpers for Kubernetes clients.",
    synopsisSubcommandLabel = "COMMAND")
final class KubeCommand extends HelpOption implements Runnable {

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing: credentials");
  }
}
