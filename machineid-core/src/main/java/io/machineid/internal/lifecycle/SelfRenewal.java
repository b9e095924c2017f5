package io.machineid.internal.lifecycle;

import io.machineid.CredentialException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.AuthClient.Order;
import io.machineid.internal.auth.IssuedCertificates;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an identity is renewed with itself, which a cluster counts. */
final class SelfRenewal {

  private static final Logger LOG = System.getLogger("io.machineid");

  private final BotSettings settings;
  private final ServerTime time;
  private final IdentityStore store;
  private final RenewalDoubt doubt;

  /** The newest, until it is renewed: what was counted is not asked for again. */
  private volatile @Nullable Identity granted;

  SelfRenewal(BotSettings settings, ServerTime time, IdentityStore store) {
    this.settings = settings;
    this.time = time;
    this.store = store;
    this.doubt = new RenewalDoubt(store);
  }

  /**
   * Renews an identity with itself, and stores the new one before anybody uses it.
   *
   * <p>The cluster counts renewals and locks a bot that renews with an old count. So it is asked
   * for its count first: if it is not ours, an answer to us was lost, a copy of the identity is
   * about or the bot was made anew, and renewing would do harm. The question also finds out whether
   * the connection still works, before anything depends on it. A cluster that counts for each
   * instance of a bot does not tell; there a renewal is in doubt from before it is sent, also for
   * the next process, until it is answered or was certainly refused.
   *
   * @throws CredentialException with the reason SUPERSEDED when renewing would lock the bot
   */
  Identity renewed(Identity identity, AuthClient client) {
    Identity next = granted;
    if (next == null || next.equals(identity) || time.isPast(next.notAfter())) {
      checkCount(identity, client);
      next = Identity.of(identity.privateKey(), issued(identity, client));
      granted = next;
      time.corrected(next.issuedAt(), settings.route().address());
    }
    return saved(next, identity);
  }

  private IssuedCertificates issued(Identity identity, AuthClient client) {
    Instant expires = time.now().plus(settings.ttl());
    Order order = Order.renewal(identity.subject().user(), expires);
    if (isOfInstance(identity)) {
      doubt.begun(identity);
    }
    try {
      return client.issue(order, identity.publicKey());
    } catch (MachineIdException e) {
      doubt.failed(identity, e);
      throw e;
    }
  }

  /** Whether the cluster counts for the instance alone, and keeps the count to itself. */
  private static boolean isOfInstance(Identity identity) {
    return identity.subject().botInstanceId().isPresent();
  }

  /** Stores what was granted, if it can be. */
  private Identity saved(Identity next, Identity old) {
    try {
      store.saveRenewed(next);
    } catch (RuntimeException e) {
      letUnstored(old, e);
      return next;
    }
    doubt.over();
    return next;
  }

  /**
   * What could not be stored is tried again while there is time, and in the end used all the same.
   *
   * @param old what it follows
   * @throws RuntimeException the reason, while there is time
   */
  void letUnstored(Identity old, RuntimeException why) {
    if (!time.isPast(RenewalPolicy.lastTryOf(old))) {
      throw why;
    }
    LOG.log(Level.WARNING, "an identity is used that could not be stored: {0}", why.getMessage());
  }

  private void checkCount(Identity identity, AuthClient client) {
    if (isOfInstance(identity)) {
      client.ping();
      doubt.check(identity);
      return;
    }
    Optional<Long> held = identity.subject().generation();
    Optional<Long> counted = held.isEmpty() ? Optional.empty() : counted(client);
    if (counted.isPresent() && !counted.equals(held)) {
      throw outOfStep(counted.get(), held.orElseThrow(), identity.notAfter());
    }
    doubt.check(identity);
  }

  /** A cluster reads its counts from a cache, and so may be behind; it is never ahead. */
  private static CredentialException outOfStep(long counted, long held, Instant notAfter) {
    boolean behind = counted < held;
    String why =
        behind
            ? "the cluster has not seen the last renewal yet, which passes, or the bot was recreated. Renewing now could lock the bot; it is asked again. The identity works until %s; if the bot was recreated, give it the new token before that"
            : "an answer was lost, a copy of the identity is used elsewhere, or the bot was recreated. Renewing would lock the bot. The identity works until %s; stop other copies, recreate the bot (`tctl bots rm`, `tctl bots add`) and give it the new token before that";
    return new CredentialException(
        Reason.SUPERSEDED,
        behind,
        ("the cluster counts generation %d for this bot and this process holds %d: " + why)
            .formatted(counted, held, notAfter),
        null);
  }

  /** The cluster's count, or empty where it keeps it to itself. */
  private static Optional<Long> counted(AuthClient client) {
    try {
      return client.storedGeneration();
    } catch (CredentialException e) {
      if (e.reason() == Reason.FORBIDDEN || e.reason() == Reason.NOT_TELEPORT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Another identity takes the place of what was renewed. */
  void forget() {
    granted = null;
  }
}
