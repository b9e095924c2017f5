package io.machineid.internal.transport;

import java.io.IOException;

/** A server sent more than we are ready to hold. */
public final class AnswerTooLarge extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param limitBytes what was allowed
   */
  public AnswerTooLarge(int limitBytes) {
    super("the answer is longer than " + limitBytes + " bytes");
  }
}
