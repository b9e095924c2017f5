package io.machineid.destination;

import io.machineid.destination.AccessList.Kind;
import io.machineid.destination.AccessList.Reader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who is in a directory's access control list already. */
final class ListedReaders {

  private static final Pattern READER = Pattern.compile("(user|group):([^:]+):r-x");

  private ListedReaders() {}

  /**
   * Whether to look at the list, told by what costs nothing: with a list, the group's part of the
   * mode is what those in it can do. Only for a directory that is our own, or the administrator's;
   * who owns another one must not choose who reads our files.
   */
  static boolean mayBeIn(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return false;
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
    boolean others =
        mode.contains(PosixFilePermission.OTHERS_READ)
            || mode.contains(PosixFilePermission.OTHERS_WRITE)
            || mode.contains(PosixFilePermission.OTHERS_EXECUTE);
    if (others || !mode.contains(PosixFilePermission.GROUP_EXECUTE)) {
      return false;
    }
    String owner = String.valueOf(Files.getAttribute(directory, "unix:uid"));
    return owner.equals("0") || DirectoryAccess.number().filter(owner::equals).isPresent();
  }

  /** The named entries that may read and not write, without ours. */
  static List<Reader> of(List<String> entries, Predicate<String> isOurs) {
    List<Reader> readers = new ArrayList<>();
    for (String entry : entries) {
      Matcher parts = READER.matcher(entry);
      if (parts.matches() && !isOurs.test(entry) && Reader.isName(parts.group(2))) {
        Kind kind = parts.group(1).equals("user") ? Kind.USER : Kind.GROUP;
        readers.add(new Reader(kind, parts.group(2)));
      }
    }
    return readers;
  }
}
