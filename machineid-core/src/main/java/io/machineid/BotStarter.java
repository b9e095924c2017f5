package io.machineid;

import io.machineid.MachineIdException.Reason;
import io.machineid.internal.lifecycle.BotRuntime;
import io.machineid.internal.lifecycle.BotSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Starts a bot within a time. */
final class BotStarter {

  private BotStarter() {}

  static BotRuntime start(BotSettings settings, Duration timeout) {
    CompletableFuture<BotRuntime> starting = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(settings, starting), "machineid-start");
    thread.setDaemon(true);
    thread.start();
    try {
      return starting.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      String message =
          "the cluster at %s was not joined within %s"
              .formatted(settings.route().address(), timeout);
      if (starting.cancel(false)) {
        throw abandoned(thread, message, e);
      }
      return atTheLastMoment(starting);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!starting.cancel(false)) {
        var unused = starting.thenAccept(BotRuntime::close); // it came to its end just now
      }
      throw abandoned(thread, "the thread that waited for the join was interrupted", e);
    }
  }

  private static BotRuntime atTheLastMoment(CompletableFuture<BotRuntime> started) {
    try {
      return started.join();
    } catch (CompletionException e) {
      throw failed(e.getCause());
    }
  }

  private static RuntimeException failed(@Nullable Throwable why) {
    return why instanceof RuntimeException failure ? failure : new IllegalStateException(why);
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
  private static ConnectionException abandoned(Thread thread, String message, Exception cause) {
    thread.interrupt();
    return new ConnectionException(
        Reason.TIMEOUT,
        true,
        message + ". Give it more time, or see whether the address answers",
        cause);
  }
}
