package io.machineid.join;

import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Fetching evidence in bounded time, and the errors of that. */
final class Evidence {

  static final Duration LONGEST = Duration.ofSeconds(30);

  private Evidence() {}

  /** A thread for one source, with what it takes to end what an interrupt does not. */
  private static final class Fetching extends Thread {
    private boolean ended;
    private @Nullable Runnable hold;

    Fetching(Runnable task, String name) {
      super(task, name);
      setDaemon(true);
    }

    /** Replaces what has to be let go at the end, which may have come. */
    synchronized void hold(@Nullable Runnable letGo) {
      hold = letGo;
      if (ended && letGo != null) {
        letGo.run();
      }
    }

    synchronized void end() {
      ended = true;
      if (hold != null) {
        hold.run();
      }
    }
  }

  /**
   * Says how to end what this thread is about to wait for, should {@link #within} not wait any
   * longer.
   *
   * @param letGo ends it, from another thread and without blocking; null when it is over
   */
  static void holding(@Nullable Runnable letGo) {
    if (Thread.currentThread() instanceof Fetching fetching) {
      fetching.hold(letGo);
    }
  }

  /**
   * Runs a source on a thread of its own, and leaves it alone when it takes too long. It is
   * interrupted then, and what it is {@link #holding} is let go.
   *
   * @param method the join method, for messages
   * @throws MachineIdException when there is no evidence
   */
  static <T> T within(String method, Duration longest, Callable<T> source) {
    FutureTask<T> task = new FutureTask<>(source);
    Fetching thread = new Fetching(task, "machineid-evidence-" + method);
    thread.start();
    try {
      return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(method, e);
    } catch (TimeoutException e) {
      throw passing(method, "the evidence did not come within " + longest.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw passing(method, "interrupted while the evidence was fetched", e);
    } finally {
      if (task.cancel(true)) {
        thread.end();
      }
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
