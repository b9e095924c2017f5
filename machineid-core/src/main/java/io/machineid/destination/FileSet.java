package io.machineid.destination;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Named files that belong together, in the order in which they become visible. Put the file that
 * readers open last: once it is new, all others are. Immutable; its contents are secrets and never
 * part of {@link #toString()}.
 */
public final class FileSet {

  private final Map<String, byte[]> files;

  private FileSet(Map<String, byte[]> files) {
    this.files = Collections.unmodifiableMap(files);
  }

  /**
   * Begins a set.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The names, in order.
   *
   * @return an unmodifiable set that iterates in the order of writing
   */
  public Set<String> names() {
    return files.keySet();
  }

  /**
   * One file's content.
   *
   * @param name a name of this set
   * @return a copy
   * @throws IllegalArgumentException when the set has no such file
   */
  public byte[] content(String name) {
    return raw(name).clone();
  }

  byte[] raw(String name) {
    byte[] content = files.get(name);
    if (content == null) {
      throw new IllegalArgumentException("no file " + name + " in " + this);
    }
    return content;
  }

  /**
   * Whether another set has the same files with the same contents.
   *
   * @param other the other set
   * @return whether writing the one after the other would change nothing
   */
  public boolean sameAs(FileSet other) {
    return files.keySet().equals(other.files.keySet())
        && files.entrySet().stream()
            .allMatch(file -> Arrays.equals(file.getValue(), other.raw(file.getKey())));
  }

  @Override
  public String toString() {
    return "FileSet" + files.keySet();
  }

  /** Collects files in order. Not thread-safe. */
  public static final class Builder {

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a file at the end.
     *
     * @param name a plain file name: no separator, not {@code .} or {@code ..}; each name once
     * @param content what the file holds; copied
     * @return this
     * @throws IllegalArgumentException when the name is not a plain one, or was added before
     */
    public Builder add(String name, byte[] content) {
      checkName(name);
      if (files.putIfAbsent(name, content.clone()) != null) {
        throw new IllegalArgumentException("file " + name + " was added twice");
      }
      return this;
    }

    /**
     * Adds a text file, in UTF-8, at the end.
     *
     * @param name a plain file name, as in {@link #add}
     * @param text what the file holds
     * @return this
     */
    public Builder addText(String name, String text) {
      return add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Ends the set.
     *
     * @return the files added so far
     */
    public FileSet build() {
      return new FileSet(new LinkedHashMap<>(files));
    }
  }

  static void checkName(String name) {
    Objects.requireNonNull(name, "name");
    boolean special = name.isEmpty() || name.equals(".") || name.equals("..");
    if (special || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a plain file name: '" + name + "'");
    }
  }
}
