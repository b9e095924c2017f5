package io.machineid;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Something that happened to a bot. Holds no secrets. */
public sealed interface BotEvent {

  /**
   * The bot joined the cluster, or took up a stored identity.
   *
   * @param identity what it is now
   */
  record Joined(BotIdentity identity) implements BotEvent {}

  /**
   * The bot's identity was renewed.
   *
   * @param identity what it is now
   */
  record Renewed(BotIdentity identity) implements BotEvent {}

  /**
   * A credential was renewed.
   *
   * @param request what was asked for
   * @param notAfter until when the new one is valid
   */
  record CredentialRenewed(CredentialRequest request, Instant notAfter) implements BotEvent {}

  /**
   * A renewal failed. What there is remains in use until it ends.
   *
   * @param request the credential, or empty for the bot's identity
   * @param error why
   * @param nextTry after how long the next try comes
   */
  record RenewalFailed(
      Optional<CredentialRequest> request, MachineIdException error, Duration nextTry)
      implements BotEvent {}

  /**
   * The state changed.
   *
   * @param from what it was
   * @param to what it is: degraded, locked, expired, or ready again
   * @param error why, or empty where things are well
   */
  record StateChanged(BotState from, BotState to, Optional<MachineIdException> error)
      implements BotEvent {}

  /** The cluster's certificate authorities changed; the identity and all credentials follow. */
  record AuthoritiesChanged() implements BotEvent {}

  /** The bot was closed; nothing comes after this. */
  record Closed() implements BotEvent {}
}
