package io.machineid;

import java.time.Duration;

/**
 * Takes counts and times, for a metrics library to publish. Every method does nothing unless it is
 * overridden. Called on the threads that did the work: be quick, and do not throw. What is a state
 * rather than a count (time to expiry, generation) is in {@link Bot#health()}.
 */
public interface BotMetrics {

  /**
   * The bot joined, or took up a stored identity.
   *
   * @param took how long it took
   */
  default void joined(Duration took) {}

  /**
   * The bot's identity was renewed.
   *
   * @param took how long it took
   */
  default void renewed(Duration took) {}

  /**
   * A credential was issued, for the first time or again.
   *
   * @param took how long it took
   */
  default void credentialIssued(Duration took) {}

  /**
   * A credential was replaced, and now nothing is open any more on connections made with it.
   *
   * @param took how long that was after the replacement
   * @param streamsCut how many watches, logs and sessions were ended for it, see the documentation
   *     of {@code KubernetesAccess}
   */
  default void connectionsDrained(Duration took, int streamsCut) {}

  /**
   * A renewal, of the identity or of a credential, failed.
   *
   * @param reason why
   */
  default void renewalFailed(MachineIdException.Reason reason) {}
}
