package io.machineid.cli;

import picocli.CommandLine.Command;

/** {@code machineid kube}: what kubectl calls. */
@Command(
    name = "kube",
    description = "Helpers for Kubernetes clients.",
    synopsisSubcommandLabel = "COMMAND")
final class KubeCommand extends CommandGroup {}
