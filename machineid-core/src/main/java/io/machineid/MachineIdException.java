package io.machineid;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can go wrong between this process and a Teleport cluster. The message says what
 * was tried, against what, what came back, and what to do next; it never holds a key, a token or a
 * JWT.
 *
 * <p>Callers branch on {@link #reason()}, and on {@link #retryable()} to tell a passing fault from
 * one that stays until a person acts. Errors in the use of this library itself (a missing argument,
 * say) are the usual {@link IllegalArgumentException} and {@link IllegalStateException}.
 */
public sealed class MachineIdException extends RuntimeException
    permits ConfigException,
        ConnectionException,
        JoinException,
        CredentialException,
        DestinationException,
        ClosedException {

  private static final long serialVersionUID = 1L;

  /** What failed, coarse enough to branch on. Each value says what its receiver should do. */
  public enum Reason {
    /** The configuration is wrong. Correct the file, key or builder call that the message names. */
    CONFIGURATION,
    /**
     * An address could not be reached, or cut the connection. Check address and network; a retry
     * may help.
     */
    UNREACHABLE,
    /**
     * What answers at the address is not a Teleport proxy or auth server, or one we do not support.
     * Check the address.
     */
    NOT_TELEPORT,
    /**
     * A server's certificate was refused. Check the roots, the CA pin and the name; never turn
     * verification off.
     */
    UNTRUSTED,
    /**
     * The cluster refused the join. Check token, join method and rules; a used or expired token
     * never recovers.
     */
    JOIN_DENIED,
    /**
     * The evidence for a join could not be had where the bot runs: a variable, a file or a service
     * of the platform. See to what the message names; a running bot tries again by itself.
     */
    EVIDENCE,
    /**
     * The cluster refused a call: a role is missing or not granted to the bot. Ask an administrator
     * for it.
     */
    FORBIDDEN,
    /**
     * The bot is locked, mostly after its identity was used twice. An administrator must remove the
     * lock.
     */
    LOCKED,
    /**
     * The identity or credential has expired. Join again with a new token, or wait for recovery
     * where the method can.
     */
    EXPIRED,
    /**
     * The identity was renewed elsewhere, or the answer to our renewal was lost: renewing it would
     * lock the bot. It works until it ends. Make sure that nobody else uses a copy, and give the
     * bot a new token before that.
     */
    SUPERSEDED,
    /**
     * The thing asked for (a Kubernetes cluster, a role) does not exist or is not visible. Check
     * the name.
     */
    NOT_FOUND,
    /**
     * The server asked us to slow down. Retry later, not before {@link
     * MachineIdException#retryAfter()} where it says how long.
     */
    RATE_LIMITED,
    /**
     * The server answered something that cannot be: too large, not decodable, cut off. Report it,
     * retry once.
     */
    BAD_RESPONSE,
    /** Files could not be read or written where asked. Check path, owner, mode and space. */
    DESTINATION,
    /**
     * Another bot, of this or another process, has the sole right to the storage. Stop that one, or
     * give each a storage of its own.
     */
    IN_USE,
    /** It did not happen in the time given. Retry, or give it more time. */
    TIMEOUT,
    /** The object was closed before or during the call. Do not use it any more. */
    CLOSED,
    /** Something that should not happen did. Please report it. */
    INTERNAL
  }

  private final Reason reason;
  private final boolean retryable;
  private final @Nullable Duration retryAfter;

  MachineIdException(Reason reason, boolean retryable, String message, @Nullable Throwable cause) {
    this(reason, retryable, message, cause, Optional.empty());
  }

  MachineIdException(
      Reason reason,
      boolean retryable,
      String message,
      @Nullable Throwable cause,
      Optional<Duration> retryAfter) {
    super(message, cause);
    this.reason = reason;
    this.retryable = retryable;
    this.retryAfter = retryAfter.orElse(null);
  }

  /**
   * What failed.
   *
   * @return the reason, never null
   */
  public final Reason reason() {
    return reason;
  }

  /**
   * Whether the same call may succeed later with nothing changed.
   *
   * @return true for passing faults, false where a person has to act first
   */
  public final boolean retryable() {
    return retryable;
  }

  /**
   * How long the server asked us to wait before the next try, counted from its answer. A running
   * bot keeps to it by itself.
   *
   * @return more than zero and at most ten minutes, whatever the server said; empty where it said
   *     nothing, as mostly
   */
  public final Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
