package io.machineid.internal.lifecycle;

import io.machineid.ClosedException;
import io.machineid.internal.pki.KeyAlgorithm;
import java.security.KeyPair;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keys that take long are made before they are asked for, on as many threads as there are
 * processors: while the bot joins and connects, its first credentials' keys are on their way. Each
 * key is handed out once. Thread-safe.
 */
final class KeySupply implements AutoCloseable {

  /** Keys that nobody comes for lie in memory until the bot is closed. */
  static final int MOST_AHEAD = 64;

  private static final long IDLE_SECONDS = 1;

  private final Function<KeyAlgorithm, KeyPair> maker;
  private final int ahead;
  private final Queue<CompletableFuture<KeyPair>> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<KeyPair> closed = new CompletableFuture<>();
  private final ThreadPoolExecutor threads;
  private boolean begun;

  /**
   * Makes nothing yet.
   *
   * @param maker makes a key; blocks
   * @param expected how many keys will be asked for at first
   */
  KeySupply(Function<KeyAlgorithm, KeyPair> maker, int expected) {
    this.maker = maker;
    this.ahead = Math.min(expected, MOST_AHEAD);
    int processors = Runtime.getRuntime().availableProcessors();
    this.threads =
        new ThreadPoolExecutor(
            processors,
            processors,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DaemonThreads("keys"));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Begins to make keys, once, if they are of a kind that takes long; does not wait. */
  synchronized void begin(KeyAlgorithm algorithm) {
    if (!begun && algorithm == KeyAlgorithm.RSA_2048) {
      begun = true;
      for (int i = 0; i < ahead; i++) {
        waiting.add(CompletableFuture.supplyAsync(() -> maker.apply(algorithm), threads));
      }
    }
  }

  /** One that was begun, or else a new one; blocks until it is there. */
  KeyPair take(KeyAlgorithm algorithm) {
    CompletableFuture<KeyPair> begunKey =
        algorithm == KeyAlgorithm.RSA_2048 ? waiting.poll() : null;
    return begunKey == null
        ? maker.apply(algorithm)
        : Asked.await(begunKey.applyToEither(closed, key -> key));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    waiting.clear();
    closed.completeExceptionally(new ClosedException("the bot")); // somebody may wait for a key
  }
}
