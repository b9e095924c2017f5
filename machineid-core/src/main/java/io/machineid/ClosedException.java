package io.machineid;

/** The object was closed; nothing it hands out works any more. */
public final class ClosedException extends MachineIdException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param what the thing that is closed, for the message
   */
  public ClosedException(String what) {
    super(Reason.CLOSED, false, what + " is closed", null);
  }
}
