package io.machineid;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a bot and its credentials are at one moment: for health checks and dashboards. Holds no
 * secrets.
 *
 * @param state the bot's state
 * @param lastError why the last renewal failed, empty when none did
 * @param identityNotAfter until when the identity is valid, on the server's clock
 * @param clockOffset how far the server's clock is ahead of this machine's; negative when behind
 * @param credentials each live credential
 */
public record BotHealth(
    BotState state,
    Optional<MachineIdException> lastError,
    Instant identityNotAfter,
    Duration clockOffset,
    List<CredentialHealth> credentials) {

  /**
   * How one credential is.
   *
   * @param request what was asked for
   * @param generation which rotation it is, counted from 1 in this process
   * @param notAfter until when it is valid, on the server's clock
   * @param lastError why its last renewal failed, empty when it did not
   */
  public record CredentialHealth(
      CredentialRequest request,
      long generation,
      Instant notAfter,
      Optional<MachineIdException> lastError) {}
}
