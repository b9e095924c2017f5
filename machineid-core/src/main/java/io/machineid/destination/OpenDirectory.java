package io.machineid.destination;

import io.machineid.DestinationException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory held open, so that nobody can exchange it by another one between two steps. Where the
 * platform has no such thing (Windows), the same steps by path.
 */
final class OpenDirectory implements Closeable {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /**
   * Where the directory has a default access control list, the group's part of a new file's mode is
   * the most that those in the list can do, and the group itself has what the list says: nothing.
   */
  private static final Set<PosixFilePermission> AND_THE_LIST =
      PosixFilePermissions.fromString("rw-r-----");

  private final Path path;
  private final DirectoryStream<Path> stream;
  private Set<PosixFilePermission> mode = OWNER_ONLY;

  private OpenDirectory(Path path, DirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
  }

  /** Opens {@code path} and makes sure, unless links are allowed, that no link led there. */
  @SuppressWarnings("StreamResourceLeak") // the result owns it
  static OpenDirectory open(Path path, SymlinkMode mode) throws IOException {
    OpenDirectory open = new OpenDirectory(path, Files.newDirectoryStream(path));
    try {
      if (mode != SymlinkMode.INSECURE) {
        open.refuseLinks(mode);
      }
      return open;
    } catch (IOException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /** Whether new files are made for those in the directory's default list, too. */
  OpenDirectory sharing(boolean withTheList) {
    mode = withTheList ? AND_THE_LIST : OWNER_ONLY;
    return this;
  }

  private void refuseLinks(SymlinkMode mode) throws IOException {
    Links.refuseIn(path);
    SecureDirectoryStream<Path> secure = secure();
    if (secure == null) {
      if (mode == SymlinkMode.SECURE) {
        throw new LinkRefusedException(
            path, "this platform cannot rule out symbolic links for sure; use try-secure");
      }
      return;
    }
    Object opened =
        secure.getFileAttributeView(BasicFileAttributeView.class).readAttributes().fileKey();
    BasicFileAttributes now =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!Objects.equals(opened, now.fileKey())) {
      throw new LinkRefusedException(path, "it was exchanged while it was being opened");
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable SecureDirectoryStream<Path> secure() {
    return stream instanceof SecureDirectoryStream<?> ? (SecureDirectoryStream<Path>) stream : null;
  }

  /** What is there under {@code name}, links not followed. */
  Optional<BasicFileAttributes> attributes(String name) throws IOException {
    try {
      SecureDirectoryStream<Path> secure = secure();
      if (secure == null) {
        return Optional.of(
            Files.readAttributes(
                path.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
      }
      Path relative = path.getFileSystem().getPath(name);
      return Optional.of(
          secure
              .getFileAttributeView(
                  relative, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** What is there now; to be asked once. */
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (Path entry : stream) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** Owner, group and mode of the directory itself. */
  PosixFileAttributeView owner() {
    SecureDirectoryStream<Path> secure = secure();
    return posix(
        secure == null
            ? Files.getFileAttributeView(
                path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            : secure.getFileAttributeView(PosixFileAttributeView.class));
  }

  /** Owner, group and mode of a file; of a link itself, never of what it leads to. */
  PosixFileAttributeView owner(String name) {
    SecureDirectoryStream<Path> secure = secure();
    return posix(
        secure == null
            ? Files.getFileAttributeView(
                path.resolve(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            : secure.getFileAttributeView(
                path.getFileSystem().getPath(name),
                PosixFileAttributeView.class,
                LinkOption.NOFOLLOW_LINKS));
  }

  private PosixFileAttributeView posix(@Nullable PosixFileAttributeView view) {
    if (view == null) {
      throw new DestinationException(
          "the file system of " + path + " has no owners and modes to set", null);
    }
    return view;
  }

  /**
   * Makes a new file that only its owner can read, or those in the list too, and brings its content
   * to the disk.
   */
  void create(String name, byte[] content) throws IOException {
    try (SeekableByteChannel channel =
        channel(
            name,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      if (channel instanceof FileChannel file) {
        file.force(true);
      }
    }
  }

  /** Opens a file of this directory; one that is made is for its owner, or those in the list. */
  SeekableByteChannel channel(String name, OpenOption... options) throws IOException {
    Set<OpenOption> set = new HashSet<>(Set.of(options));
    FileAttribute<?>[] attributes =
        set.contains(StandardOpenOption.WRITE) && posix()
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
            : new FileAttribute<?>[0];
    SecureDirectoryStream<Path> secure = secure();
    return secure == null
        ? Files.newByteChannel(path.resolve(name), set, attributes)
        : secure.newByteChannel(path.getFileSystem().getPath(name), set, attributes);
  }

  /** Renames within this directory, in one step, replacing what is there. */
  void rename(String from, String to) throws IOException {
    SecureDirectoryStream<Path> secure = secure();
    if (secure == null) {
      Files.move(
          path.resolve(from),
          path.resolve(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } else {
      secure.move(path.getFileSystem().getPath(from), secure, path.getFileSystem().getPath(to));
    }
  }

  void delete(String name) throws IOException {
    SecureDirectoryStream<Path> secure = secure();
    if (secure == null) {
      Files.deleteIfExists(path.resolve(name));
    } else {
      secure.deleteFile(path.getFileSystem().getPath(name));
    }
  }

  /** Brings names that changed to the disk, where the platform lets one do that. */
  void sync() {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // a directory cannot be opened like a file here: the file system orders its names by itself
    }
  }

  private boolean posix() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
