package io.machineid.cli;

import picocli.CommandLine.Command;

/** {@code machineid proxy}: ports for other programs. */
@Command(
    name = "proxy",
    description = "Ports on loopback by which other programs reach what Teleport leads to.",
    synopsisSubcommandLabel = "COMMAND")
final class ProxyCommand extends CommandGroup {}
