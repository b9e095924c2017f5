package io.machineid.internal.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where gRPC tells what has become of calls. Where the machine gives no thread, the one that tells
 * does it itself: an error there would end a channel for good.
 */
final class CallThreads implements Executor {

  /** One for the process; its daemon threads end soon after their work. */
  static final Executor SHARED = new CallThreads();

  private static final long IDLE_SECONDS = 5;

  private final Executor pool;

  private CallThreads() {
    AtomicInteger number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, "machineid-calls-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  CallThreads(Executor pool) {
    this.pool = pool;
  }

  @Override
  public void execute(Runnable work) {
    try {
      pool.execute(work);
    } catch (OutOfMemoryError e) {
      work.run();
    }
  }
}
