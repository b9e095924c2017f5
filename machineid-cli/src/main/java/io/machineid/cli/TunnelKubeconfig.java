package io.machineid.cli;

import io.machineid.DestinationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kubeconfig of a tunnel: its owner alone may read it, it is always whole, and it is taken away
 * with the tunnel. A file that is somebody else's is left alone, another tunnel's too: what tells
 * them apart is the secret in the address.
 */
final class TunnelKubeconfig {

  private static final int LIMIT_BYTES = 1 << 20;
  private static final int CONNECT_MILLIS = 1000;

  private static final Pattern TUNNEL =
      Pattern.compile("proxy-url: (http://machineid:[0-9a-f]{64}@127\\.0\\.0\\.1:([0-9]{1,5}))\\s");

  private final Path path;

  /** The address in the file that this may replace. */
  private Optional<String> known;

  private boolean written;

  private TunnelKubeconfig(Path path, Optional<String> leftover) {
    this.path = path;
    this.known = leftover;
  }

  /**
   * Takes a place that is free, or where a tunnel that was killed has left its file.
   *
   * @throws DestinationException where there is another file, or none can be made
   */
  static TunnelKubeconfig claim(Path path) {
    Path file = path.toAbsolutePath();
    if (!Files.exists(file)) {
      checkWritable(file);
      return new TunnelKubeconfig(file, Optional.empty());
    }
    Matcher tunnel = tunnel(text(file));
    if (!tunnel.find()) {
      throw new DestinationException(
          file
              + " exists and is no kubeconfig of `machineid proxy kube`: it would be lost. Give another name",
          null);
    }
    int port = Integer.parseInt(tunnel.group(2));
    if (answers(port)) {
      throw new DestinationException(
          "%s is the kubeconfig of another `machineid proxy kube`, whose port %d answers. Give another name; or delete the file, if that one has ended"
              .formatted(file, port),
          null);
    }
    checkWritable(file);
    return new TunnelKubeconfig(file, Optional.of(tunnel.group(1)));
  }

  private static Matcher tunnel(String text) {
    return TUNNEL.matcher(text);
  }

  /** Its beginning: a tunnel's is short. */
  private static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LIMIT_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DestinationException(file + " exists and cannot be read: " + e, e);
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
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

  /**
   * Replaces the file by the text of this moment.
   *
   * @throws DestinationException where the file has become somebody else's, or cannot be written
   */
  synchronized void write(Supplier<String> text) {
    if (isTaken()) {
      throw new DestinationException(
          path + " was written by somebody else meanwhile, and is left alone. Give another name",
          null);
    }
    String content = text.get();
    replace(content);
    Matcher own = tunnel(content);
    known = own.find() ? Optional.of(own.group(1)) : Optional.empty();
    written = true;
  }

  /** Whether another file is there than the one that was seen or written last. */
  private boolean isTaken() {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Matcher there = tunnel(text(path));
    return !there.find() || !known.equals(Optional.of(there.group(1)));
  }

  private void replace(String content) {
    try {
      Path whole = newPrivateFile(path);
      try {
        Files.writeString(whole, content, StandardCharsets.UTF_8);
        Files.move(
            whole, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw unwritable(path, e);
    }
  }

  /** Takes it away, if it was written and is still what was written. */
  synchronized void remove() {
    try {
      if (written && !isTaken()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new DestinationException(path + " cannot be taken away: " + e, e);
    }
  }
}
