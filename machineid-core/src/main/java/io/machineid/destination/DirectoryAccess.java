package io.machineid.destination;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets readers into a directory. What they may do with new files is in the directory's default
 * list, and comes with the making of each file. Files are open to the group's part of their mode
 * only while that list is known to be there, and to hold nobody else.
 */
final class DirectoryAccess {

  private static final Logger LOG = System.getLogger("io.machineid");

  /** Without these, the group's part of a file's mode would let in a group, not those in a list. */
  private static final List<String> CLOSED = List.of("default:group::---", "default:other::---");

  private final AccessList wanted;
  private final AclPrograms programs;

  DirectoryAccess(AccessList wanted, AclPrograms programs) {
    this.wanted = wanted;
    this.programs = programs;
  }

  /**
   * Sees to it that the readers may read; blocks.
   *
   * @return the directory's default list, which lets new files be made for those in it; or nothing,
   *     where files are for their owner alone
   * @throws IOException when the lists are required and cannot be had
   */
  List<String> grant(Path directory) throws IOException {
    if (!wanted.isAsked()) {
      return kept(directory);
    }
    try {
      if (wanted.readers().isEmpty()) {
        List<String> unused = programs.entries(directory); // whether there can be lists
        return kept(directory);
      }
      return setOrFind(directory);
    } catch (IOException e) {
      if (wanted.required()) {
        throw e;
      }
      warn(directory, String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  /** Files are replaced, and new ones would be closed to those who could read the old ones. */
  private List<String> kept(Path directory) {
    try {
      if (!wanted.keeping() || !ListedReaders.mayBeIn(directory)) {
        return List.of();
      }
      List<String> there = programs.entries(directory);
      List<AccessList.Reader> readers = ListedReaders.of(there, DirectoryAccess::isOurs);
      if (readers.isEmpty()) {
        return List.of();
      }
      DirectoryAccess listed = new DirectoryAccess(new AccessList(readers, true), programs);
      return listed.isReady(there) ? defaults(there) : listed.setOrFind(directory);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "those whom the access control list of the directory {0} lets in cannot read new files: {1}. Have `machineid init` make it ready, or set acls: off",
          directory,
          e.getMessage());
      return List.of();
    }
  }

  private boolean isReady(List<String> there) {
    try {
      requireReady(there);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether the default list still is what was granted: somebody may have removed it, or have made
   * the directory anew. Runs {@code getfacl} where something was granted; blocks.
   */
  boolean isStill(List<String> granted, Path directory) {
    if (granted.isEmpty()) {
      return false;
    }
    try {
      if (defaults(programs.entries(directory)).equals(granted)) {
        return true;
      }
      warn(directory, "its default list has been changed; it is set again at the next start");
    } catch (IOException e) {
      warn(directory, String.valueOf(e.getMessage()));
    }
    return false;
  }

  private static void warn(Path directory, String why) {
    LOG.log(Level.WARNING, "the `readers` of the directory {0} get no access: {1}", directory, why);
  }

  private List<String> setOrFind(Path directory) throws IOException {
    try {
      programs.replace(entries(wanted.readers()), List.of(directory));
    } catch (IOException e) {
      UnknownReaderException.check(wanted.readers(), e);
      return findReady(directory, e);
    }
    List<String> there = programs.entries(directory);
    require(there, CLOSED);
    return defaults(there);
  }

  /** A directory of another user, who has made it ready for us. */
  private List<String> findReady(Path directory, IOException refused) throws IOException {
    List<String> there;
    try {
      there = programs.entries(directory);
    } catch (IOException e) {
      refused.addSuppressed(e);
      throw refused;
    }
    try {
      requireReady(there);
    } catch (IOException e) {
      throw new IOException(
          refused.getMessage() + "; nor has its owner made it ready: " + e.getMessage(), e);
    }
    return defaults(there);
  }

  private void requireReady(List<String> there) throws IOException {
    List<String> ofFiles = new ArrayList<>(CLOSED);
    for (AccessList.Reader reader : wanted.readers()) {
      require(there, List.of(written(reader, "r-x")));
      ofFiles.add("default:" + written(reader, "r--"));
    }
    require(there, ofFiles);
    for (String entry : defaults(there)) {
      boolean named = !entry.matches("default:(user|mask)::.*");
      if (named && !ofFiles.contains(entry) && !isOurs(entry)) {
        throw new IOException("the entry " + entry + " is neither a reader's nor the bot's");
      }
    }
  }

  /** Programs print the number of a user that has no name. */
  private static boolean isOurs(String entry) {
    return Stream.concat(Stream.of(System.getProperty("user.name")), number().stream())
        .anyMatch(user -> entry.matches("(default:)?user:\\Q" + user + "\\E:.*"));
  }

  /** The number of this process's user, where the system tells it. */
  static Optional<String> number() {
    try {
      return Optional.of(String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void require(List<String> there, List<String> entries) throws IOException {
    for (String entry : entries) {
      if (!there.contains(entry)) {
        throw new IOException("the entry " + entry + " is not in its list");
      }
    }
  }

  private static List<String> defaults(List<String> entries) {
    return entries.stream().filter(entry -> entry.startsWith("default:")).toList();
  }

  private static String written(AccessList.Reader reader, String rights) {
    return reader.entry(rights).replaceFirst("^u:", "user:").replaceFirst("^g:", "group:");
  }

  /** The directory's own list, and that of files to come, which others than these cannot read. */
  private static List<String> entries(List<AccessList.Reader> readers) {
    List<String> entries = new ArrayList<>(List.of("d:u::rwx", "d:g::---", "d:o::---"));
    for (AccessList.Reader reader : readers) {
      entries.add(reader.entry("r-x"));
      entries.add("d:" + reader.entry("r--"));
    }
    return entries;
  }

  /**
   * Makes lists for a bot that is not the owner, and for readers, on a directory and files in it.
   */
  static void allow(
      AclPrograms programs,
      Path directory,
      List<Path> files,
      AccessList.Reader bot,
      List<AccessList.Reader> readers)
      throws IOException {
    List<String> entries = entries(readers);
    entries.add(bot.entry("rwx"));
    entries.add("d:" + bot.entry("rw-"));
    try {
      programs.replace(entries, List.of(directory));
    } catch (IOException e) {
      UnknownReaderException.check(Stream.concat(readers.stream(), Stream.of(bot)).toList(), e);
      throw e;
    }
    if (!files.isEmpty()) {
      List<String> ofFiles = new ArrayList<>(List.of(bot.entry("rw-")));
      readers.forEach(reader -> ofFiles.add(reader.entry("r--")));
      programs.add(ofFiles, files);
    }
  }
}
