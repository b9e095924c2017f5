package io.machineid.testkit;

/**
 * The steps in which a cluster exchanges an authority, as {@code tctl auth rotate --manual} takes
 * them.
 */
public enum RotationPhase {
  /** No rotation: before one, and at its end. What is not in use is trusted no more. */
  STANDBY,
  /** There is a new authority, which signs nothing yet; clients may learn of it. */
  INIT,
  /**
   * The new authority signs; servers still show certificates of the old one. Connections are cut.
   */
  UPDATE_CLIENTS,
  /** Servers show certificates of the new authority. Connections are cut. */
  UPDATE_SERVERS,
  /**
   * Back to the old authority; the new one is trusted until {@link #STANDBY}. Connections are cut.
   */
  ROLLBACK
}
