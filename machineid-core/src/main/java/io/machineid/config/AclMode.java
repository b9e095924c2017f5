package io.machineid.config;

/**
 * What {@code acls} of a directory asks for. This version sets file modes only; {@code required} is
 * refused.
 */
public enum AclMode {
  /** No access control lists. */
  OFF,
  /** Access control lists where possible; the default. */
  TRY;

  /**
   * The mode as {@code tbot.yaml} spells it.
   *
   * @return {@code off} or {@code try}
   */
  public String text() {
    return this == OFF ? "off" : "try";
  }
}
