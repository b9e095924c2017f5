package io.machineid.cli;

import java.util.concurrent.CountDownLatch;

/** A request to end, made once by a signal or by the program itself, waited for by one thread. */
final class Stop {

  private final CountDownLatch requested = new CountDownLatch(1);
  private volatile int exitCode;

  /** Ends the wait; the first caller decides the exit code. */
  synchronized void request(int code) {
    if (requested.getCount() > 0) {
      exitCode = code;
      requested.countDown();
    }
  }

  /** Waits for the request, and returns its exit code. */
  int await() {
    boolean interrupted = false;
    while (true) {
      try {
        requested.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return exitCode;
  }
}
