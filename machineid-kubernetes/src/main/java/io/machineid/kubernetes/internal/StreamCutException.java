package io.machineid.kubernetes.internal;

import java.io.IOException;

/** A stream was closed by this side, since its certificate ends or its access was closed. */
final class StreamCutException extends IOException {

  private static final long serialVersionUID = 1L;

  StreamCutException(String message) {
    super(message);
  }
}
