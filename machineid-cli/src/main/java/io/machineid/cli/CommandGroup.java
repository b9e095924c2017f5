package io.machineid.cli;

import java.util.Objects;

/** A command that does nothing without another one after it. */
abstract class CommandGroup extends Subcommand implements Runnable {

  @Override
  public final void run() {
    throw usage(
        "a command is missing: "
            + String.join(", ", Objects.requireNonNull(spec).subcommands().keySet()));
  }
}
