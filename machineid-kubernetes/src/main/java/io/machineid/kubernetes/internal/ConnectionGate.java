package io.machineid.kubernetes.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Has one request open a delegate's connection, while the others wait for its answer to begin.
 * Requests that begin together would open a connection each, of which the JDK keeps one: the client
 * of Java 17 never closes the rest. Thread-safe; never blocks.
 */
final class ConnectionGate {

  /** By then there is a connection, and the answer itself is slow; or there will be none. */
  private static final Executor IN_A_SECOND =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Threads.SHARED);

  private static final CompletableFuture<Boolean> AT_ONCE = CompletableFuture.completedFuture(true);

  private final Executor later;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean connected;
  private @Nullable Object opener;
  private CompletableFuture<Boolean> opening = new CompletableFuture<>();

  ConnectionGate() {
    this(IN_A_SECOND);
  }

  /**
   * Makes one for a new delegate.
   *
   * @param later runs what ends the wait for an answer that does not come
   */
  ConnectionGate(Executor later) {
    this.later = later;
  }

  /**
   * When a request may be sent: now, where it is to open the connection or there is one.
   *
   * @param request who asks, to be named again when it fails
   */
  CompletableFuture<Boolean> turn(Object request) {
    lock.lock();
    try {
      if (connected) {
        return AT_ONCE;
      }
      if (opener != null) {
        return opening.thenCompose(open -> open ? AT_ONCE : turn(request));
      }
      opener = request;
      opening = new CompletableFuture<>();
    } finally {
      lock.unlock();
    }
    try {
      later.execute(() -> settle(request, true));
    } catch (RuntimeException | Error e) {
      gaveUp(request);
      throw e;
    }
    return AT_ONCE;
  }

  /** An answer has begun: there is a connection. */
  void answered() {
    settle(null, true);
  }

  /** A request has failed: perhaps because there is no connection any more. */
  void failed(Object request) {
    lock.lock();
    try {
      if (opener == null) {
        connected = false;
      }
    } finally {
      lock.unlock();
    }
    gaveUp(request);
  }

  /**
   * A request was not sent, or taken back: if it was to open the connection, another one has to.
   */
  void gaveUp(Object request) {
    settle(request, false);
  }

  /** Nothing is under way: from now on the server may close the connection unnoticed. */
  void idle() {
    settle(null, false);
  }

  /** Ends the wait, unless it is for another request than the one named. */
  private void settle(@Nullable Object request, boolean open) {
    CompletableFuture<Boolean> settled;
    lock.lock();
    try {
      if (request != null && !request.equals(opener)) {
        return;
      }
      connected = open;
      opener = null;
      settled = opening;
    } finally {
      lock.unlock();
    }
    settled.complete(open);
  }
}
