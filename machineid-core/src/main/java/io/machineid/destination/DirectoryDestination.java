package io.machineid.destination;

import io.machineid.DestinationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A directory: mode 0700 when this class makes it, its files 0600. An existing directory keeps its
 * owner and mode.
 *
 * <p>{@link #write} first stores every file of the set under a temporary name in the same directory
 * and brings it to the disk; then it renames them, one after the other, in the order of the set. So
 * a file is always whole, old or new, even after a crash; and whoever sees the last file new, finds
 * all the others new. When a file cannot be stored, nothing has changed. A hard link that somebody
 * made of a file keeps the old content.
 *
 * <p>A reader of several files may meet the moment between two renames, and a process that is
 * killed there leaves some files new and some old until {@link #lock} or the next {@link #write}.
 * So read what belongs together from one file, {@code identity} or {@code kubeconfig.yaml}; or read
 * the file that is written last, then the others, and again if it has changed meanwhile.
 */
public final class DirectoryDestination implements Destination {

  private static final String WRITE_TEST = ".write-test";

  /** More than an identity takes, each file of it in blocks of its own. */
  private static final int ROOM_BYTES = 64 * 1024;

  private static final Duration LEFTOVER_AGE = Duration.ofHours(1);

  private final Path path;
  private final SymlinkMode symlinks;
  private final DirectoryAccess access;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile List<String> granted = List.of();

  /**
   * Names a directory; nothing is read or written yet.
   *
   * @param path the directory; a relative path is taken from the working directory
   * @param symlinks what to do about symbolic links
   */
  public DirectoryDestination(Path path, SymlinkMode symlinks) {
    this(path, symlinks, AccessList.NONE);
  }

  /**
   * Names a directory that others may read; nothing is read or written yet. {@link #prepare} runs
   * the system's {@code setfacl} where there are readers.
   *
   * @param path the directory; a relative path is taken from the working directory
   * @param symlinks what to do about symbolic links
   * @param access who may read besides the owner
   */
  public DirectoryDestination(Path path, SymlinkMode symlinks, AccessList access) {
    this(path, symlinks, new DirectoryAccess(access, new AclPrograms(AclPrograms.SYSTEM)));
  }

  DirectoryDestination(Path path, SymlinkMode symlinks, DirectoryAccess access) {
    this.access = access;
    this.path = path.toAbsolutePath().normalize();
    this.symlinks = Objects.requireNonNull(symlinks, "symlinks");
  }

  /**
   * The directory.
   *
   * @return an absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * What is done about symbolic links.
   *
   * @return the mode
   */
  public SymlinkMode symlinks() {
    return symlinks;
  }

  @Override
  public String describe() {
    return "directory " + path;
  }

  @Override
  public void prepare() {
    try {
      if (symlinks != SymlinkMode.INSECURE) {
        Links.refuseIn(path);
      }
      Files.createDirectories(path, ownerOnly());
    } catch (IOException e) {
      throw DirectoryErrors.explain("create", path, e);
    }
    if (!Files.exists(path.resolve(DirectoryLock.FILE), LinkOption.NOFOLLOW_LINKS)) {
      deleteLeftovers(); // else they may have to be published first: see lock()
    }
    try {
      granted = access.grant(path);
    } catch (IOException e) {
      throw DirectoryErrors.noAccessList(path, e);
    }
    write(FileSet.builder().addText(WRITE_TEST, "").build());
  }

  @Override
  public void write(FileSet files) {
    if (files.names().contains(DirectoryLock.FILE)) {
      throw new IllegalArgumentException("the name " + DirectoryLock.FILE + " is taken");
    }
    writing.lock();
    try {
      writeDespiteInterrupts(files);
    } finally {
      writing.unlock();
    }
  }

  private void writeDespiteInterrupts(FileSet files) {
    boolean interrupted = Thread.interrupted();
    try {
      while (!written(files)) {
        interrupted |= Thread.interrupted();
      }
    } catch (IOException e) {
      throw DirectoryErrors.explain("write to", path, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** False when an interrupt closed a file in the middle: then nothing has changed. */
  private boolean written(FileSet files) throws IOException {
    try (OpenDirectory directory = OpenDirectory.open(path, symlinks)) {
      refuseOddTargets(directory, files);
      StagedFiles.stage(directory.sharing(access.isStill(granted, path)), files, random).publish();
      directory.sync();
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  private void refuseOddTargets(OpenDirectory directory, FileSet files) throws IOException {
    for (String name : files.names()) {
      Optional<BasicFileAttributes> there = directory.attributes(name);
      if (there.isPresent() && there.get().isDirectory()) {
        throw new FileSystemException(name, null, name + " is a directory, a file must go there");
      }
      if (there.isPresent() && there.get().isSymbolicLink() && symlinks != SymlinkMode.INSECURE) {
        throw new LinkRefusedException(path.resolve(name), "it is a symbolic link");
      }
    }
  }

  @Override
  public Optional<byte[]> read(String name) {
    FileSet.checkName(name);
    if (name.equals(DirectoryLock.FILE)) {
      throw new IllegalArgumentException("the name " + DirectoryLock.FILE + " is taken");
    }
    OpenOption[] options =
        symlinks == SymlinkMode.INSECURE
            ? new OpenOption[] {StandardOpenOption.READ}
            : new OpenOption[] {StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS};
    try (OpenDirectory directory = OpenDirectory.open(path, symlinks)) {
      Optional<BasicFileAttributes> there = directory.attributes(name);
      if (there.isPresent() && there.get().isOther()) {
        throw new FileSystemException(name, null, name + " is not a plain file");
      }
      try (SeekableByteChannel channel = directory.channel(name, options)) {
        return Optional.of(readBounded(name, channel));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DirectoryErrors.explain("read " + name + " in", path, e);
    }
  }

  private byte[] readBounded(String name, SeekableByteChannel channel) throws IOException {
    long size = channel.size();
    if (size > MAX_FILE_BYTES) {
      throw new DestinationException(
          path.resolve(name) + " has " + size + " bytes; at most " + MAX_FILE_BYTES + " are read",
          null);
    }
    ByteBuffer content = ByteBuffer.allocate((int) size);
    while (content.hasRemaining() && channel.read(content) >= 0) {
      // until the size that it had at first
    }
    byte[] bytes = new byte[content.position()];
    content.flip().get(bytes);
    return bytes;
  }

  @Override
  public List<String> list() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(StagedFiles.PREFIX)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw DirectoryErrors.explain("list", path, e);
    }
    names.sort(null);
    return List.copyOf(names);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The right is an operating system lock on the file {@code lock} in the directory, which stays
   * there. It is also refused while a {@code tbot} process holds that file, where the platform lets
   * us see that (Linux). The other way round, {@code tbot} does not see our lock: it uses another
   * kind, which Java does not have.
   *
   * <p>When a process was killed while it wrote a set here, and had begun to rename its files, the
   * rest of them is renamed now.
   *
   * <p>The right is only given while there is room for 64 KiB: who takes it is about to get, by a
   * token or a renewal, what comes once and must be stored then.
   */
  @Override
  public Lock lock() {
    try (OpenDirectory directory = OpenDirectory.open(path, symlinks)) {
      Lock lock = DirectoryLock.take(directory, path);
      try {
        StagedFiles.finish(directory);
        deleteLeftovers();
        StagedFiles.proveRoom(directory, ROOM_BYTES, random);
        return lock;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw DirectoryErrors.explain("lock", path, e);
    }
  }

  /**
   * Files of a process that was killed while it wrote; the age keeps us off those of one that is at
   * work.
   */
  private void deleteLeftovers() {
    Instant limit = Instant.now().minus(LEFTOVER_AGE);
    try (DirectoryStream<Path> old = Files.newDirectoryStream(path, StagedFiles.PREFIX + "*")) {
      for (Path file : old) {
        if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
            .toInstant()
            .isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      // they do no harm; the write test tells whether the directory is usable
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }
}
