package io.machineid.internal.diagnosis;

import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TransportErrors;
import java.io.IOException;

/** Something is wrong: no step follows. */
final class Stop extends Exception {

  private static final long serialVersionUID = 1L;
  private final Reason reason;

  Stop(Reason reason, String text) {
    super(text, null, false, false);
    this.reason = reason;
  }

  Stop(MachineIdException error) {
    this(error.reason(), String.valueOf(error.getMessage()));
  }

  /** In the words that a bot would use. */
  static Stop of(IOException failure, HostPort address, String what) {
    return new Stop(TransportErrors.of(failure, address, what));
  }

  /** The same thing, with more to do about it. */
  Stop and(String advice) {
    return new Stop(reason, getMessage() + ". " + advice);
  }

  Reason reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
