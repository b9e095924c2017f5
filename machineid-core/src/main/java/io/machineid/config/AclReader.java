package io.machineid.config;

import io.machineid.destination.AccessList;
import java.util.Objects;

/**
 * An entry of {@code readers}: who may read a directory besides its owner, by access control lists.
 *
 * @param kind a user or a group
 * @param name the name, or the number as text
 */
public record AclReader(Kind kind, String name) {

  /** Who reads. */
  public enum Kind {
    /** {@code user}. */
    USER,
    /** {@code group}. */
    GROUP
  }

  /**
   * Checks.
   *
   * @param kind component {@code kind}
   * @param name component {@code name}
   */
  public AclReader {
    Objects.requireNonNull(kind, "kind");
    Checks.notBlank(name, "name");
    AccessList.Reader unused = reader(kind, name);
  }

  /** The same, as a destination takes it. */
  AccessList.Reader toReader() {
    return reader(kind, name);
  }

  private static AccessList.Reader reader(Kind kind, String name) {
    return new AccessList.Reader(
        kind == Kind.USER ? AccessList.Kind.USER : AccessList.Kind.GROUP, name);
  }
}
