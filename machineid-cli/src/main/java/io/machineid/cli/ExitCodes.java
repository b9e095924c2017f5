package io.machineid.cli;

import io.machineid.MachineIdException.Reason;

/** What a failure ends the process with. Scripts branch on these: they do not change. */
final class ExitCodes {

  static final int CONFIGURATION = 3;
  static final int NOT_ADMITTED = 4;
  static final int CONNECTION = 5;
  static final int DESTINATION = 6;
  static final int IN_USE = 7;
  static final int REFUSED = 8;

  /** A signal's number is added to this where it cut something short, as shells do. */
  static final int SIGNAL = 128;

  private ExitCodes() {}

  static int of(Reason reason) {
    return switch (reason) {
      case CONFIGURATION -> CONFIGURATION;
      case JOIN_DENIED, EVIDENCE, LOCKED, EXPIRED, SUPERSEDED -> NOT_ADMITTED;
      case UNREACHABLE, NOT_TELEPORT, UNTRUSTED, RATE_LIMITED, BAD_RESPONSE, TIMEOUT -> CONNECTION;
      case DESTINATION -> DESTINATION;
      case IN_USE -> IN_USE;
      case FORBIDDEN, NOT_FOUND -> REFUSED;
      case CLOSED, INTERNAL -> CommandLines.FAILED;
    };
  }
}
