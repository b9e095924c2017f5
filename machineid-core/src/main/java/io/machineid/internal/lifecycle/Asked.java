package io.machineid.internal.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A question that is asked once, on a thread of its own, and whose answer then serves all. A failed
 * answer is asked for again. Thread-safe.
 */
final class Asked<T> {

  private final Supplier<T> question;
  private final Executor workers;
  private @Nullable CompletableFuture<T> answer;

  /**
   * Asks nothing yet.
   *
   * @param question blocks until there is an answer
   * @param workers where it blocks
   */
  Asked(Supplier<T> question, Executor workers) {
    this.question = question;
    this.workers = workers;
  }

  /** Asks, unless that was done, and does not wait. */
  synchronized CompletableFuture<T> underWay() {
    if (answer == null || answer.isCompletedExceptionally()) {
      answer = CompletableFuture.supplyAsync(question, workers);
    }
    return answer;
  }

  /** Whoever asks next gets a new answer. */
  synchronized void forget() {
    answer = null;
  }

  /** The answer; blocks until it is there. */
  T get() {
    return await(underWay());
  }

  /** Waits, and throws what the question threw. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
