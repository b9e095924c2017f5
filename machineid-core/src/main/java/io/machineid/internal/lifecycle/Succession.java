package io.machineid.internal.lifecycle;

import io.machineid.CredentialException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.lifecycle.Entrance.Entered;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Which identity follows a bot's own: by renewing it, by joining again, or by a new token. */
final class Succession {

  /** What only a new token mends, if anything does. */
  private static final Set<Reason> WORTH_A_NEW_TOKEN =
      EnumSet.of(Reason.SUPERSEDED, Reason.EXPIRED, Reason.FORBIDDEN);

  private final Entrance entrance;
  private final ServerTime time;

  Succession(Entrance entrance, ServerTime time) {
    this.entrance = entrance;
    this.time = time;
  }

  /**
   * Gets the identity that follows; blocks.
   *
   * @throws MachineIdException if there is none for now; with the reason EXPIRED once the old one
   *     has ended
   */
  Entered after(Session old) {
    return entrance.joinsAgain(old.identity()) ? joinedAgain(old) : renewed(old);
  }

  private Entered renewed(Session old) {
    try {
      Identity next = entrance.renewed(old.identity(), old.client());
      return new Entered(next, old.algorithm(), Optional.empty());
    } catch (MachineIdException e) {
      if (WORTH_A_NEW_TOKEN.contains(e.reason()) || ended(old)) {
        Optional<Entered> joined = entrance.joinWithNewToken(old.identity(), old.algorithm());
        if (joined.isPresent()) {
          return joined.get();
        }
      }
      throw ended(old) ? expired(old, e) : e;
    }
  }

  private Entered joinedAgain(Session old) {
    try {
      return entrance.joinedAgain(old.identity(), old.algorithm());
    } catch (MachineIdException e) {
      throw ended(old) ? expiredUntilJoined(old, e) : e;
    }
  }

  private boolean ended(Session old) {
    return time.isPast(old.identity().notAfter());
  }

  /** Nothing is lost for good: the next join that succeeds brings the bot back. */
  private static CredentialException expiredUntilJoined(Session old, MachineIdException last) {
    return new CredentialException(
        Reason.EXPIRED,
        true,
        "the bot's identity expired at %s. The bot comes back by itself when it can join again. Last try: %s"
            .formatted(old.identity().notAfter(), last.getMessage()),
        last,
        last.retryAfter());
  }

  /** A server says little of an expired certificate, or cuts the connection: the clock knows. */
  private static CredentialException expired(Session old, MachineIdException last) {
    return new CredentialException(
        Reason.EXPIRED,
        false,
        "the bot's identity expired at %s and could not be renewed. Recreate the bot (`tctl bots rm`, `tctl bots add`) and give it the new token. Last try: %s"
            .formatted(old.identity().notAfter(), last.getMessage()),
        last,
        last.retryAfter());
  }
}
