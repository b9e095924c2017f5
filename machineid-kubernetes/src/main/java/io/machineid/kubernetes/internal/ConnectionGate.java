package io.machineid.kubernetes.internal;

import java.util.concurrent.CompletableFuture;
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
  private static final int PATIENCE_SECONDS = 1;

  private static final CompletableFuture<Boolean> AT_ONCE = CompletableFuture.completedFuture(true);

  private final ReentrantLock lock = new ReentrantLock();
  private boolean connected;
  private @Nullable Object opener;
  private CompletableFuture<Boolean> opening = new CompletableFuture<>();

  /**
   * When a request may be sent: now, where it is to open the connection or there is one.
   *
   * @param request who asks, to be named again when it fails
   */
  CompletableFuture<Boolean> turn(Object request) {
    CompletableFuture<Boolean> begun;
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
      begun = opening;
    } finally {
      lock.unlock();
    }
    var unused =
        begun
            .completeOnTimeout(true, PATIENCE_SECONDS, TimeUnit.SECONDS)
            .thenAccept(open -> waitedEnough(begun));
    return AT_ONCE;
  }

  private void waitedEnough(CompletableFuture<Boolean> begun) {
    lock.lock();
    try {
      if (opener != null && opening == begun) {
        connected = true;
        opener = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** An answer has begun: there is a connection. */
  void answered() {
    settle(true);
  }

  /** A request has failed: perhaps because there is no connection any more. */
  void failed(Object request) {
    lock.lock();
    try {
      if (opener != null && opener != request) {
        return;
      }
    } finally {
      lock.unlock();
    }
    settle(false);
  }

  /** Nothing is under way: from now on the server may close the connection unnoticed. */
  void idle() {
    settle(false);
  }

  private void settle(boolean open) {
    CompletableFuture<Boolean> settled;
    lock.lock();
    try {
      connected = open;
      opener = null;
      settled = opening;
    } finally {
      lock.unlock();
    }
    settled.complete(open);
  }
}
