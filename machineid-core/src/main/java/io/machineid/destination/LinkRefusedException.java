package io.machineid.destination;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A symbolic link where none is allowed. */
final class LinkRefusedException extends FileSystemException {

  private static final long serialVersionUID = 1L;

  LinkRefusedException(Path path, String reason) {
    super(path.toString(), null, reason);
  }
}
