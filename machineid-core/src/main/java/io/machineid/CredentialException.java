package io.machineid;

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
}
