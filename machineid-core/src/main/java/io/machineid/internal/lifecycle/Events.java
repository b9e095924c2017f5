package io.machineid.internal.lifecycle;

import io.machineid.BotEvent;
import io.machineid.BotListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Tells listeners, in order, on one thread that exists only while there is something to tell. */
final class Events implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final long IDLE_SECONDS = 1;

  private final List<BotListener> listeners;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new DaemonThreads("events"));

  Events(List<BotListener> listeners) {
    this.listeners = List.copyOf(listeners);
    thread.allowCoreThreadTimeOut(true);
  }

  void publish(BotEvent event) {
    listeners.forEach(listener -> run(() -> listener.on(event)));
  }

  /** Runs something on the event thread, after all that came before. */
  void run(Runnable call) {
    try {
      thread.execute(() -> guarded(call));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "an event after close was dropped");
    }
  }

  /** Runs code of others; what it throws is logged. */
  static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a listener failed; its exception is ignored", e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
