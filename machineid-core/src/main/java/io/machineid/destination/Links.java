package io.machineid.destination;

import java.nio.file.Files;
import java.nio.file.Path;

/** Looks for symbolic links along a path. */
final class Links {

  private Links() {}

  /**
   * Fails when {@code path} or one of the directories above it is a symbolic link. Missing parts
   * are fine.
   */
  static void refuseIn(Path path) throws LinkRefusedException {
    for (Path part = path; part != null; part = part.getParent()) {
      if (Files.isSymbolicLink(part)) {
        throw new LinkRefusedException(part, "it is a symbolic link");
      }
    }
  }
}
