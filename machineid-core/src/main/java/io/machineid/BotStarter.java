package io.machineid;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.lifecycle.BotRuntime;
import io.machineid.internal.lifecycle.BotSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts a bot within a time. */
final class BotStarter {

  private BotStarter() {}

  static BotRuntime start(BotSettings settings, Duration timeout) {
    CompletableFuture<BotRuntime> starting = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(settings, starting), "machineid-start");
    thread.setDaemon(true);
    thread.start();
    try {
      return starting.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw abandoned(
          starting,
          thread,
          "the cluster at %s was not joined within %s"
              .formatted(settings.route().address(), timeout),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw abandoned(starting, thread, "the thread that waited for the join was interrupted", e);
    }
  }

  private static void run(BotSettings settings, CompletableFuture<BotRuntime> starting) {
    try {
      BotRuntime runtime = BotRuntime.start(settings);
      if (!starting.complete(runtime)) {
        runtime.close();
      }
    } catch (RuntimeException | Error e) {
      starting.completeExceptionally(e);
    }
  }

  /** Nobody waits any more: what comes of the attempt is closed by its own thread. */
  private static ConnectionException abandoned(
      CompletableFuture<BotRuntime> starting, Thread thread, String message, Exception cause) {
    starting.cancel(false);
    thread.interrupt();
    return new ConnectionException(
        Reason.TIMEOUT,
        true,
        message + ". Give it more time, or see whether the address answers",
        cause);
  }
}
