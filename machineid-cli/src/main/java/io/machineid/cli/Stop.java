package io.machineid.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A request to end, made once by a signal or by the program itself, waited for by one thread. */
final class Stop {

  private final CountDownLatch requested = new CountDownLatch(1);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile int exitCode;
  private volatile int unfinished;

  /** Ends the wait; the first caller decides the exit code. */
  void request(int code) {
    request(code, code);
  }

  /**
   * Ends the wait for a signal: what runs until it is told to end has ended well, what was cut
   * short has not.
   *
   * @return false when the end had been requested before
   */
  boolean signal(int number) {
    return request(CommandLines.OK, ExitCodes.SIGNAL + number);
  }

  private boolean request(int code, int codeWhenUnfinished) {
    synchronized (requested) {
      if (isRequested()) {
        return false;
      }
      exitCode = code;
      unfinished = codeWhenUnfinished;
      requested.countDown();
    }
    tell();
    return true;
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** The exit code of what the request cut short. */
  int unfinished() {
    return unfinished;
  }

  /** Calls once when the end is requested, or at once where it was; must not block. */
  void onRequest(Runnable listener) {
    listeners.add(listener);
    if (isRequested()) {
      tell();
    }
  }

  /** Each listener is told by whoever takes it out of the list first. */
  private void tell() {
    List.copyOf(listeners).stream().filter(listeners::remove).forEach(Runnable::run);
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

  /** Waits for the request, but not longer than this; true when there was one. */
  boolean await(Duration longest) throws InterruptedException {
    return requested.await(longest.toNanos(), TimeUnit.NANOSECONDS);
  }
}
