package io.machineid.destination;

import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of files under temporary names, on their way to their own.
 *
 * <p>They are stored from the first to the last, and only then renamed, from the first to the last;
 * a set that is given up is removed from the last to the first. The temporary names carry the place
 * in the set. So when the process dies, what it leaves tells how far it was: the first files
 * missing and all others there is a set that was complete and can be renamed to the end.
 */
final class StagedFiles {

  static final String PREFIX = ".machineid-";
  private static final Pattern NAME =
      Pattern.compile(
          "\\.machineid-([0-9a-f]{16})-([0-9]{1,4})of([0-9]{1,4})-(.+)", Pattern.DOTALL);

  /** A temporary name, taken apart. */
  private record Temporary(String set, int place, int size, String name) {

    static Optional<Temporary> parse(String text) {
      Matcher parts = NAME.matcher(text);
      return parts.matches()
          ? Optional.of(
              new Temporary(
                  parts.group(1),
                  Integer.parseInt(parts.group(2)),
                  Integer.parseInt(parts.group(3)),
                  parts.group(4)))
          : Optional.empty();
    }

    String text() {
      return PREFIX + set + "-" + place + "of" + size + "-" + name;
    }
  }

  private final OpenDirectory directory;
  private final List<Temporary> waiting = new ArrayList<>();

  private StagedFiles(OpenDirectory directory) {
    this.directory = directory;
  }

  /** Stores all files, or throws and leaves none. */
  static StagedFiles stage(OpenDirectory directory, FileSet files, RandomGenerator random)
      throws IOException {
    StagedFiles staged = new StagedFiles(directory);
    String set = HexFormat.of().toHexDigits(random.nextLong());
    boolean complete = false;
    try {
      for (String name : files.names()) {
        Temporary file = new Temporary(set, staged.waiting.size(), files.names().size(), name);
        staged.waiting.add(file);
        directory.create(file.text(), files.raw(name));
      }
      complete = true;
      return staged;
    } finally {
      if (!complete) {
        staged.discard();
      }
    }
  }

  /**
   * Proves that so much can be stored now, and leaves nothing. Not all the same bytes, which some
   * file systems store in no space at all.
   */
  static void proveRoom(OpenDirectory directory, int bytes, RandomGenerator random)
      throws IOException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    stage(directory, FileSet.builder().add("room", content).build(), random).discard();
  }

  /** Gives each file its own name, in order; what cannot have it is removed with all after it. */
  void publish() throws IOException {
    try {
      while (!waiting.isEmpty()) {
        Temporary next = waiting.get(0);
        directory.rename(next.text(), next.name());
        waiting.remove(0);
      }
    } finally {
      discard();
    }
  }

  private void discard() {
    for (int i = waiting.size() - 1; i >= 0; i--) {
      try {
        directory.delete(waiting.get(i).text());
      } catch (IOException e) {
        // it was not made, or is removed later, by its age
      }
    }
    waiting.clear();
  }

  /**
   * Ends what a process that was killed has begun to publish. Only for who is the only writer.
   * Where somebody else has written since, the set is out of date and removed.
   */
  static void finish(OpenDirectory directory) throws IOException {
    Map<String, List<Temporary>> sets = new TreeMap<>();
    for (String name : directory.names()) {
      Temporary.parse(name)
          .ifPresent(file -> sets.computeIfAbsent(file.set(), set -> new ArrayList<>()).add(file));
    }
    for (List<Temporary> set : sets.values()) {
      set.sort(Comparator.comparingInt(Temporary::place));
      if (wasBeingPublished(set)) {
        StagedFiles staged = new StagedFiles(directory);
        staged.waiting.addAll(set);
        if (staged.isNewest()) {
          staged.publish();
        } else {
          staged.discard();
        }
      }
    }
  }

  private static boolean wasBeingPublished(List<Temporary> set) {
    int first = set.get(0).place();
    boolean unbroken = first > 0;
    for (int i = 0; i < set.size(); i++) {
      unbroken &= set.get(i).place() == first + i && set.get(i).size() == first + set.size();
    }
    return unbroken;
  }

  private boolean isNewest() throws IOException {
    FileTime staged = FileTime.fromMillis(0);
    for (Temporary file : waiting) {
      FileTime modified = modified(file.text());
      staged = modified.compareTo(staged) > 0 ? modified : staged;
    }
    for (Temporary file : waiting) {
      if (modified(file.name()).compareTo(staged) > 0) {
        return false;
      }
    }
    return true;
  }

  private FileTime modified(String name) throws IOException {
    return directory
        .attributes(name)
        .map(BasicFileAttributes::lastModifiedTime)
        .orElse(FileTime.fromMillis(0));
  }
}
