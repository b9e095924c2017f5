package io.machineid;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A credential could not be issued or renewed, or is no longer usable. */
public final class CredentialException extends MachineIdException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param reason what failed
   * @param retryable whether the same call may succeed later
   * @param message what was tried, what came back, what to do; no secrets
   * @param cause what came before, or null
   */
  public CredentialException(
      Reason reason, boolean retryable, String message, @Nullable Throwable cause) {
    super(reason, retryable, message, cause);
  }

  /**
   * Makes the exception, with how long to wait.
   *
   * @param reason what failed
   * @param retryable whether the same call may succeed later
   * @param message what was tried, what came back, what to do; no secrets
   * @param cause what came before, or null
   * @param retryAfter see {@link #retryAfter()}
   */
  public CredentialException(
      Reason reason,
      boolean retryable,
      String message,
      @Nullable Throwable cause,
      Optional<Duration> retryAfter) {
    super(reason, retryable, message, cause, retryAfter);
  }
}
