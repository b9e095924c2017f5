package io.machineid.destination;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets readers into a directory. What they may do with new files is in the directory's default
 * list, and comes with the making of each file: no program runs while files are written.
 */
final class DirectoryAccess {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final AccessList wanted;
  private final AclPrograms programs;

  DirectoryAccess(AccessList wanted, AclPrograms programs) {
    this.wanted = wanted;
    this.programs = programs;
  }

  /**
   * Sees to it that the readers may read; blocks.
   *
   * @return whether new files shall be made so that they can be read by those in the list
   * @throws IOException when the lists are required and cannot be had
   */
  boolean grant(Path directory) throws IOException {
    if (!wanted.isAsked()) {
      return false;
    }
    try {
      if (wanted.readers().isEmpty()) {
        List<String> unused = programs.entries(directory); // whether there can be lists
        return false;
      }
      setOrFind(directory);
      return true;
    } catch (IOException e) {
      if (wanted.required()) {
        throw e;
      }
      LOG.log(
          Level.WARNING,
          "the `readers` of the directory {0} get no access: {1}",
          directory,
          e.getMessage());
      return false;
    }
  }

  private void setOrFind(Path directory) throws IOException {
    try {
      programs.add(entries(wanted.readers()), List.of(directory));
    } catch (IOException e) {
      // A directory of another user, who has made it ready for us.
      if (!isReady(directory)) {
        throw e;
      }
    }
  }

  private boolean isReady(Path directory) {
    try {
      Set<String> there = new HashSet<>(programs.entries(directory));
      return wanted.readers().stream()
          .allMatch(
              reader ->
                  there.contains(written(reader, "r-x"))
                      && there.contains("default:" + written(reader, "r--")));
    } catch (IOException e) {
      return false;
    }
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
    programs.add(entries, List.of(directory));
    if (!files.isEmpty()) {
      List<String> ofFiles = new ArrayList<>(List.of(bot.entry("rw-")));
      readers.forEach(reader -> ofFiles.add(reader.entry("r--")));
      programs.add(ofFiles, files);
    }
  }
}
