package io.machineid.destination;

import io.machineid.DestinationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A place that holds a small, flat set of named files: the bot's own identity, or the credentials
 * of one output.
 *
 * <p>{@link #prepare()} is called once, before anything else. Implementations are safe for use by
 * several threads; each {@link #write} is one unit for other threads of this process. All methods
 * but {@link #describe()} may block on I/O and fail with {@link DestinationException}.
 */
public interface Destination {

  /** The largest file that {@link #read} returns, in bytes. */
  int MAX_FILE_BYTES = 4 * 1024 * 1024;

  /**
   * A directory with the default protection against symbolic links.
   *
   * @param path the directory; a relative path is taken from the working directory
   * @return a destination that is not prepared yet
   */
  static DirectoryDestination directory(Path path) {
    return new DirectoryDestination(path, SymlinkMode.TRY_SECURE);
  }

  /**
   * Memory of this process: nothing outlives it.
   *
   * @return a new, empty destination
   */
  static MemoryDestination memory() {
    return new MemoryDestination();
  }

  /**
   * What and where it is, for messages.
   *
   * @return for instance {@code directory /opt/machine-id}
   */
  String describe();

  /**
   * Makes what is missing and proves that files can be written.
   *
   * @throws DestinationException when they cannot; the message names the place and what to do
   */
  void prepare();

  /**
   * Replaces the given files, in their order, and leaves all others as they are. Either every file
   * could be stored and becomes visible, each at once and whole, or an exception tells that storing
   * failed and the old files are still there.
   *
   * @param files what to write; the file that readers open comes last
   * @throws DestinationException when a file cannot be written
   */
  void write(FileSet files);

  /**
   * Reads one file.
   *
   * @param name a plain file name
   * @return its content, or empty when there is no such file
   * @throws DestinationException when it is there but cannot be read, or is larger than {@link
   *     #MAX_FILE_BYTES}
   */
  Optional<byte[]> read(String name);

  /**
   * The names of the files that are there, also those that others made.
   *
   * @return the names, sorted
   */
  List<String> list();

  /**
   * Takes the sole right to write here, against other processes too where the place is shared
   * between them.
   *
   * @return close it to give the right back; a process that ends gives it back as well
   * @throws DestinationException when somebody else has it
   */
  Lock lock();

  /** The sole right to write to a destination. Closing twice does nothing. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }
}
