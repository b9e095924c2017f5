package io.machineid.cli;

import io.machineid.ConfigException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file with the number of this process, as long as it has the storage. One that a process left
 * behind that was killed is written over.
 *
 * @param file the file
 * @param number what is in it
 */
record PidFile(Path file, String number) {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  /** Finds out beforehand, before a token is spent, whether it can be written. */
  static void check(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    boolean can =
        Files.exists(file)
            ? Files.isRegularFile(file) && Files.isWritable(file)
            : directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
    if (!can) {
      throw new ConfigException(
          "--pid-file: " + file + " cannot be written; name a file in a directory that can", null);
    }
  }

  /** To be called by who has the storage: the file may be that of who has it still. */
  static PidFile write(Path file) {
    String number = ProcessHandle.current().pid() + "\n";
    try {
      Files.writeString(file, number);
    } catch (IOException e) {
      throw new ConfigException("--pid-file: " + file + " cannot be written: " + e, e);
    }
    return new PidFile(file, number);
  }

  /** Removes the file, unless it has become that of another process. */
  void remove() {
    try {
      if (Files.size(file) == number.length() && Files.readString(file).equals(number)) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the file of the process number is gone", e);
    }
  }
}
