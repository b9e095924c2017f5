package io.machineid.internal.auth;

import io.machineid.MachineIdException.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What refusals of a join with a bound key pair mean, by the cluster's words. */
final class KeypairRefusals {

  private static final String ANEW =
      "have an administrator delete and recreate the token resource, and give the bot an empty storage and the new registration secret";

  /** A refusal that is known. */
  private record Known(Reason reason, String advice, List<String> anyOf) {}

  /** The first that fits counts. */
  private static final List<Known> KNOWN =
      List.of(
          new Known(
              Reason.LOCKED,
              "The token resource is locked, mostly after a join state that was not the newest: see why with `tctl get locks`, remove the lock (`tctl rm lock/…`), and "
                  + ANEW,
              List.of("locked", "lock target", "lock in force")),
          new Known(
              Reason.LOCKED,
              "The join state that was sent is not the newest, and the cluster locks the token resource for that: a copy of the storage is used elsewhere, an old one was brought back, or an answer was lost. Let one process alone use a storage; then remove the lock (`tctl get locks`, `tctl rm lock/…`) and "
                  + ANEW,
              List.of("join state verification", "verification failed")),
          new Known(
              Reason.JOIN_DENIED,
              "The bot has joined before and its storage has no join state (`bkp_state`) any more: bring the storage back, or "
                  + ANEW,
              List.of("previous join state", "join state is required")),
          new Known(
              Reason.JOIN_DENIED,
              "The bot was away until its certificate ended, more often than the token resource allows: raise spec.bound_keypair.recovery.limit there, or set its mode to relaxed",
              List.of("no recovery attempts", "no rejoins", "recovery limit")),
          new Known(
              Reason.JOIN_DENIED,
              "Take the secret from the token resource (`tctl get token/…`: status.bound_keypair.registration_secret); it is good for one bot and until must_register_before. A bot that has joined before needs its storage, not the secret, and an empty storage for another token resource",
              List.of("registration secret", "must_register_before", "must register before")),
          new Known(
              Reason.JOIN_DENIED,
              "Another process has joined with this key pair since: let one process alone use it, and let the identity of this one end, or remove `tlscert` from its storage",
              List.of("instance mismatch")),
          new Known(
              Reason.JOIN_DENIED,
              "Remove the identity (`key`, `tlscert`) from the storage, and start again",
              List.of("existing credentials")),
          new Known(
              Reason.JOIN_DENIED,
              "The cluster takes no key that it has exchanged for another: try again, with a new one",
              List.of("reused")),
          new Known(
              Reason.JOIN_DENIED,
              "The clocks may differ, or the key pair is not what the cluster takes it for; else "
                  + ANEW,
              List.of("complete challenge")),
          new Known(
              Reason.JOIN_DENIED,
              "The token resource is in no state to go on from: " + ANEW,
              List.of("backend state")));

  private KeypairRefusals() {}

  /**
   * What a refusal means.
   *
   * @param reason what callers tell apart
   * @param advice what to do, as a sentence without its end
   */
  record Meaning(Reason reason, String advice) {}

  /** Empty where the words say nothing of key pairs. */
  static Optional<Meaning> of(JoinOrder order, String said) {
    String words = said.toLowerCase(Locale.ROOT);
    return order.method().equals("bound_keypair")
        ? KNOWN.stream()
            .filter(known -> known.anyOf().stream().anyMatch(words::contains))
            .findFirst()
            .map(known -> new Meaning(known.reason(), known.advice()))
        : Optional.empty();
  }
}
