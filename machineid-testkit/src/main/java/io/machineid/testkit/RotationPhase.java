package io.machineid.testkit;

/**
 * The steps in which a cluster exchanges an authority, as {@code tctl auth rotate --manual} takes
 * them.
 */
public enum RotationPhase {
  /** No rotation: before one, and at its end. What is not in use is trusted no more. */
  STANDBY,
  /** There is a new authority, which signs nothing yet, and is trusted beside the old one. */
  INIT,
  /** The new authority signs what is issued to clients; both are trusted. */
  UPDATE_CLIENTS,
  /** Servers show certificates of the new host authority; both are trusted. */
  UPDATE_SERVERS,
  /** Back to the old authority; the new one is trusted until {@link #STANDBY}. */
  ROLLBACK
}
