package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.state.Connection.Service;

/** What becomes of a connection, decided by its first message. */
sealed interface Route {

  /** A service ends TLS and answers. */
  record To(Service service) implements Route {}

  /** A TLS alert, then the end. */
  record Alert(int code) implements Route {

    static final int INTERNAL_ERROR = 80;
    static final int NO_APPLICATION_PROTOCOL = 120;
  }

  /** The end without a word. */
  record Hangup() implements Route {}
}
