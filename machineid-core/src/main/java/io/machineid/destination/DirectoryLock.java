package io.machineid.destination;

import io.machineid.DestinationException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An exclusive lock on the file {@code lock} of a directory, held until closed or until the process
 * ends.
 */
final class DirectoryLock implements Destination.Lock {

  static final String FILE = "lock";

  private final FileChannel channel;
  private final AtomicBoolean open = new AtomicBoolean(true);

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  static DirectoryLock take(OpenDirectory directory, Path path) throws IOException {
    SeekableByteChannel opened =
        directory.channel(
            FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    if (!(opened instanceof FileChannel channel)) {
      opened.close();
      throw new IOException("files cannot be locked on this file system");
    }
    boolean locked = false;
    try {
      locked = tryLock(channel) && !KernelLocks.held(path.resolve(FILE));
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw DestinationException.inUse(
          "directory "
              + path
              + " is in use by another bot. Stop that one, or give each its own directory");
    }
    return new DirectoryLock(channel);
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new DestinationException(
            "cannot release the lock of a directory: " + e.getMessage(), e);
      }
    }
  }
}
