package io.machineid.testkit.internal.kubernetes;

/** Whether the API asks its own roles and bindings before it does what it is told. */
public enum RbacMode {
  /** Everybody may do everything. */
  OFF,
  /** Roles and bindings decide. */
  ENFORCED
}
