package io.machineid.destination;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Who may read a directory besides its owner, by POSIX access control lists. Immutable.
 *
 * @param readers who may read; may be empty
 * @param required whether a directory that cannot have such a list is refused, or a warning does
 * @param keeping whether those whom a list already lets into the directory, as {@code tbot init
 *     --reader-user} leaves it, keep their access; of no meaning where there are readers
 */
public record AccessList(List<Reader> readers, boolean required, boolean keeping) {

  /** No list; one that is there is not looked at. */
  public static final AccessList NONE = new AccessList(List.of(), false);

  /**
   * A list of these readers only.
   *
   * @param readers who may read; may be empty
   * @param required whether a directory that cannot have such a list is refused, or a warning does
   */
  public AccessList(List<Reader> readers, boolean required) {
    this(readers, required, false);
  }

  /**
   * One who may read.
   *
   * @param kind a user or a group
   * @param name its name, or its number as text
   */
  public record Reader(Kind kind, String name) {

    private static final Pattern NAME = Pattern.compile("[^\\s,:\\\\\\p{Cntrl}]{1,256}");

    /**
     * Checks.
     *
     * @param kind component {@code kind}
     * @param name component {@code name}; without what separates the parts of a list
     */
    public Reader {
      Objects.requireNonNull(kind, "kind");
      if (!isName(name)) {
        throw new IllegalArgumentException("\"" + name + "\" is no name of a user or group");
      }
    }

    /**
     * Whether a text can be the name of a user or group.
     *
     * @param text any text
     * @return false for what is empty, too long, or holds white space, a comma, a colon or a
     *     backslash
     */
    public static boolean isName(String text) {
      return NAME.matcher(text).matches();
    }

    /** An entry of a list, such as {@code u:web:r-x}. */
    String entry(String rights) {
      return (kind == Kind.USER ? "u:" : "g:") + name + ":" + rights;
    }
  }

  /** What reads. */
  public enum Kind {
    /** A user. */
    USER,
    /** All users of a group. */
    GROUP
  }

  /**
   * Copies.
   *
   * @param readers component {@code readers}
   * @param required component {@code required}
   * @param keeping component {@code keeping}
   */
  public AccessList {
    readers = List.copyOf(readers);
  }

  /** Whether anything has to be done about it. */
  boolean isAsked() {
    return required || !readers.isEmpty();
  }
}
