package io.machineid.destination;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The whole-file locks of other programs. Java's file locks and the {@code flock} that {@code tbot}
 * uses do not see each other on Linux, but the kernel lists both.
 */
final class KernelLocks {

  private static final Path LIST = Path.of("/proc/locks");

  private KernelLocks() {}

  /** Whether the kernel names a {@code flock} on the file; false where it cannot be known. */
  static boolean held(Path file) {
    try (Stream<String> lines = Files.lines(LIST, StandardCharsets.US_ASCII)) {
      String id = id(Files.readAttributes(file, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS));
      return lines.anyMatch(
          line -> line.contains(" FLOCK ") && !line.contains("->") && line.contains(id));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Device and inode as the list spells them: {@code fd:01:5376}. */
  private static String id(Map<String, Object> attributes) {
    long device = number(attributes, "dev");
    long inode = number(attributes, "ino");
    long major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >> 12 & ~0xffL);
    return String.format(Locale.ROOT, " %02x:%02x:%d ", major, minor, inode);
  }

  private static long number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
