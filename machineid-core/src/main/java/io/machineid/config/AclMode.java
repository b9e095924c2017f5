package io.machineid.config;

/** What {@code acls} of a directory asks for. */
public enum AclMode {
  /** No access control lists. */
  OFF("off"),
  /** Access control lists where possible; the default. */
  TRY("try"),
  /** Access control lists, and fail where there are none. */
  REQUIRED("required");

  private final String text;

  AclMode(String text) {
    this.text = text;
  }

  /**
   * The mode as {@code tbot.yaml} spells it.
   *
   * @return for instance {@code try}
   */
  public String text() {
    return text;
  }
}
