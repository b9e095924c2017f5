package io.machineid.cli;

import io.machineid.DestinationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/**
 * The kubeconfig of a tunnel: its owner alone may read it, it is always whole, and it is taken away
 * with the tunnel. A file that is somebody else's is left alone.
 */
final class TunnelKubeconfig {

  private static final String OURS = "proxy-url: http://machineid:";

  private final Path path;
  private boolean written;

  private TunnelKubeconfig(Path path) {
    this.path = path;
  }

  /**
   * Takes a place that is free, or where a tunnel that was killed has left its file.
   *
   * @throws DestinationException where there is another file, or none can be made
   */
  static TunnelKubeconfig claim(Path path) {
    Path file = path.toAbsolutePath();
    try {
      if (Files.exists(file) && !Files.readString(file).contains(OURS)) {
        throw new DestinationException(
            file
                + " exists and is no kubeconfig of `machineid proxy kube`: it would be lost. Give another name",
            null);
      }
    } catch (IOException e) {
      throw new DestinationException(file + " exists and cannot be read: " + e, e);
    }
    checkWritable(file);
    return new TunnelKubeconfig(file);
  }

  private static void checkWritable(Path file) {
    try {
      Files.delete(newPrivateFile(file));
    } catch (IOException | UnsupportedOperationException e) {
      throw unwritable(file, e);
    }
  }

  /** Beside the file, to be moved there once it is whole. */
  private static Path newPrivateFile(Path file) throws IOException {
    FileAttribute<?> owner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    return Files.createTempFile(file.getParent(), ".kubeconfig", ".tmp", owner);
  }

  private static DestinationException unwritable(Path file, Exception e) {
    return new DestinationException(
        file + " cannot be written: " + e + ". Check that its directory exists and is yours", e);
  }

  Path path() {
    return path;
  }

  /** Replaces the file by the text of this moment. */
  synchronized void write(Supplier<String> text) {
    try {
      Path whole = newPrivateFile(path);
      try {
        Files.writeString(whole, text.get(), StandardCharsets.UTF_8);
        Files.move(
            whole, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        written = true;
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw unwritable(path, e);
    }
  }

  /** Takes it away, if it was written. */
  synchronized void remove() {
    try {
      if (written) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new DestinationException(path + " cannot be taken away: " + e, e);
    }
  }
}
