package io.machineid.config;

import io.machineid.destination.Destination;
import io.machineid.destination.DirectoryDestination;
import io.machineid.destination.SymlinkMode;
import java.nio.file.Path;
import java.util.Objects;

/** Where files go: {@code storage}, or {@code destination} of an output. */
public sealed interface DestinationConfig {

  /**
   * Makes the destination that this describes; it is not prepared yet.
   *
   * @return a new destination
   */
  Destination open();

  /** {@code type: memory}. */
  record Memory() implements DestinationConfig {
    @Override
    public Destination open() {
      return Destination.memory();
    }
  }

  /**
   * {@code type: directory}.
   *
   * @param path the directory, as written in the file
   * @param symlinks what to do about symbolic links
   * @param acls whether access control lists are wanted
   */
  record Directory(Path path, SymlinkMode symlinks, AclMode acls) implements DestinationConfig {

    /**
     * Checks.
     *
     * @param path component {@code path}
     * @param symlinks component {@code symlinks}
     * @param acls component {@code acls}
     */
    public Directory {
      Objects.requireNonNull(path, "path");
      Objects.requireNonNull(symlinks, "symlinks");
      Objects.requireNonNull(acls, "acls");
    }

    @Override
    public Destination open() {
      return new DirectoryDestination(path, symlinks);
    }
  }
}
