package io.machineid.destination;

/**
 * What a directory destination does when it meets a symbolic link: in its own path, or in place of
 * a file.
 */
public enum SymlinkMode {
  /**
   * Follow links in the directory's path. A file that is a link is replaced by a plain file, its
   * target untouched.
   */
  INSECURE("insecure"),
  /** Refuse links wherever the platform can tell for sure, else follow them; the default. */
  TRY_SECURE("try-secure"),
  /** Refuse links, and fail where the platform cannot tell for sure. */
  SECURE("secure");

  private final String text;

  SymlinkMode(String text) {
    this.text = text;
  }

  /**
   * The mode as {@code tbot.yaml} spells it.
   *
   * @return for instance {@code try-secure}
   */
  public String text() {
    return text;
  }
}
