package io.machineid;

import org.jspecify.annotations.Nullable;

/** Files could not be read or written. Nothing is left half-written. */
public final class DestinationException extends MachineIdException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message the path, what was tried, what to do
   * @param cause what came before, or null
   */
  public DestinationException(String message, @Nullable Throwable cause) {
    super(Reason.DESTINATION, false, message, cause);
  }
}
