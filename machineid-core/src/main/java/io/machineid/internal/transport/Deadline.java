package io.machineid.internal.transport;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * When something that has several steps has to be over.
 *
 * @param nanos by {@link System#nanoTime}
 */
record Deadline(long nanos) {

  static Deadline in(Duration longest) {
    return new Deadline(System.nanoTime() + longest.toNanos());
  }

  /** What is left, zero or less where it is over. */
  Duration left() {
    return Duration.ofNanos(nanos - System.nanoTime());
  }

  /**
   * Has a socket's next read end in time.
   *
   * @throws SocketTimeoutException where it is over
   */
  void limit(Socket socket) throws IOException {
    long millis = left().toMillis();
    if (millis <= 0) {
      throw new SocketTimeoutException("it does not answer in time");
    }
    socket.setSoTimeout(Math.toIntExact(millis));
  }
}
