package io.machineid.destination;

import io.machineid.DestinationException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says what went wrong with a directory, and what to do. */
final class DirectoryErrors {

  private DirectoryErrors() {}

  static DestinationException explain(String tried, Path directory, IOException e) {
    return new DestinationException(
        "cannot " + tried + " directory " + directory + ": " + reason(tried, directory, e), e);
  }

  static DestinationException noAccessList(Path directory, IOException e) {
    if (e instanceof UnknownReaderException unknown) {
      return new DestinationException(
          "cannot let readers into directory %s: %s. Correct the name, or give the number"
              .formatted(directory, unknown.getMessage()),
          e);
    }
    return new DestinationException(
        "the directory %s cannot have the access control list that is required: %s. Use a file system with POSIX access control lists and let the bot own the directory, have `machineid init` make it ready, or set acls: try or off"
            .formatted(directory, text(e)),
        e);
  }

  private static String reason(String tried, Path directory, IOException e) {
    Path file = fileAt(directory);
    if (file != null) {
      return file + " is a file, not a directory. Remove it or choose another path";
    }
    if (e instanceof LinkRefusedException refused) {
      return refused.getFile()
          + ": "
          + refused.getReason()
          + ". Give the real path, or set symlinks: insecure to follow links";
    }
    if (e instanceof AccessDeniedException denied) {
      return "permission denied at "
          + denied.getFile()
          + ". Let user "
          + System.getProperty("user.name")
          + " write there, or choose another path";
    }
    if (e instanceof NoSuchFileException missing) {
      return tried.equals("create")
          ? "no directory can be made there. Choose another path"
          : missing.getFile() + " does not exist (was it removed?)";
    }
    return text(e)
        + ". Check that the file system is writable and has space, or choose another path";
  }

  private static @Nullable Path fileAt(Path directory) {
    for (Path part = directory; part != null; part = part.getParent()) {
      if (Files.isRegularFile(part)) {
        return part;
      }
    }
    return null;
  }

  private static String text(IOException e) {
    if (e instanceof FileSystemException fault && fault.getReason() != null) {
      return fault.getReason();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
