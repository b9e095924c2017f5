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

  private DestinationException(Reason reason, boolean retryable, String message) {
    super(reason, retryable, message, null);
  }

  /**
   * Makes the exception for a place that somebody else has the sole right to.
   *
   * @param message which place, what to do
   * @return an exception with {@link MachineIdException.Reason#IN_USE}
   */
  public static DestinationException inUse(String message) {
    return new DestinationException(Reason.IN_USE, true, message);
  }
}
