package io.machineid.internal.lifecycle;

import io.machineid.CredentialException;
import io.machineid.DestinationException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.lifecycle.IdentityStore.Remembered;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Whether an identity may be renewed with itself. The cluster locks a bot that renews with an old
 * count; where it does not tell its count, what became of the last renewal is all that there is to
 * go by. That is stored, too, so that the next process knows it. Used by one thread at a time.
 */
final class RenewalDoubt {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final IdentityStore store;
  private volatile @Nullable Identity unanswered;
  private volatile @Nullable Identity outrun;

  RenewalDoubt(IdentityStore store) {
    this.store = store;
  }

  /** A renewal is about to be sent: it is in doubt from now on. */
  void begun(Identity identity) {
    store.saveRenewing(identity);
    unanswered = identity;
  }

  /** A renewal has failed: it may be certain now that it was not counted, or that another was. */
  void failed(Identity identity, MachineIdException error) {
    if (AuthClient.isOutrun(error)) {
      outrun = identity;
      write(() -> store.saveOutrun(identity));
    } else if (identity.equals(unanswered) && AuthClient.hasNotIssued(error)) {
      unanswered = null;
      write(store::forgetRenewing);
    }
  }

  /** Where it cannot be written, the next start does not know it; this process does. */
  private static void write(Runnable note) {
    try {
      note.run();
    } catch (DestinationException e) {
      LOG.log(Level.WARNING, "the outcome of a renewal cannot be stored: {0}", e.getMessage());
    }
  }

  /** A renewal was granted, and is stored. */
  void over() {
    unanswered = null;
    outrun = null;
  }

  /**
   * Lets pass what may be renewed.
   *
   * @throws CredentialException with the reason SUPERSEDED when renewing could lock the bot
   */
  void check(Identity identity) {
    Remembered remembered = remembered(identity);
    if (remembered == Remembered.OUTRUN) {
      throw superseded(
          "the cluster has refused to renew this identity, since it had counted a renewal that this process does not know of, and has locked the bot: a copy of the identity is used elsewhere, or an answer was lost. It is not renewed again, as that would bring the lock back. See that no copy is in use; the identity works until %s",
          identity);
    }
    if (remembered == Remembered.RENEWING) {
      throw superseded(
          "the answer to a renewal was lost, and the cluster may have counted it: renewing again could lock the bot, with all its instances. The identity works until %s",
          identity);
    }
  }

  /** This process knows it first; what it could not write, it alone knows. */
  private @Nullable Remembered remembered(Identity identity) {
    if (identity.equals(outrun)) {
      return Remembered.OUTRUN;
    }
    return identity.equals(unanswered) ? Remembered.RENEWING : store.renewal(identity).orElse(null);
  }

  private static CredentialException superseded(String what, Identity identity) {
    return new CredentialException(
        Reason.SUPERSEDED,
        false,
        (what
                + "; give the bot a new token (`tctl bots instances add`, or `tctl bots add` for a new bot) before that")
            .formatted(identity.notAfter()),
        null);
  }
}
