package io.machineid.join;

import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Fetching evidence in bounded time, and the errors of that. */
final class Evidence {

  static final Duration LONGEST = Duration.ofSeconds(30);

  private Evidence() {}

  /**
   * Runs a source on a thread of its own, and leaves it alone when it takes too long.
   *
   * @param method the join method, for messages
   * @throws MachineIdException when there is no evidence
   */
  static <T> T within(String method, Duration longest, Callable<T> source) {
    FutureTask<T> task = new FutureTask<>(source);
    Thread thread = new Thread(task, "machineid-evidence-" + method);
    thread.setDaemon(true);
    thread.start();
    try {
      return awaited(method, longest, task);
    } finally {
      task.cancel(true);
    }
  }

  /**
   * Waits for a source, and lets it run on when it takes too long.
   *
   * @param method the join method, for messages
   * @throws MachineIdException when there is no evidence
   */
  static <T> T awaited(String method, Duration longest, Future<T> task) {
    try {
      return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(method, e);
    } catch (TimeoutException e) {
      throw passing(method, "the evidence did not come within " + longest.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw passing(method, "interrupted while the evidence was fetched", e);
    }
  }

  /** A source of the user's may say anything in its message; only the cause has that. */
  private static MachineIdException failed(String method, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof MachineIdException told) {
      return told;
    }
    return passing(
        method,
        "its source of evidence failed with " + cause.getClass().getName() + "; see the cause",
        cause);
  }

  /** What may be otherwise the next time. */
  static JoinException passing(String method, String what, @Nullable Throwable cause) {
    return error(method, what, true, cause);
  }

  /** What stays until a person acts. */
  static JoinException lasting(String method, String what) {
    return error(method, what, false, null);
  }

  private static JoinException error(
      String method, String what, boolean retryable, @Nullable Throwable cause) {
    return new JoinException(
        Reason.EVIDENCE, retryable, "join method `%s`: %s".formatted(method, what), cause);
  }
}
