package io.machineid.cli;

import io.machineid.ConfigException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file with the number of this process, for as long as it runs. One that a process left behind
 * that was killed is written over.
 *
 * @param file the file
 * @param number what is in it
 */
record PidFile(Path file, String number) {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

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
