package io.machineid.kubernetes.internal;

import io.machineid.ClosedException;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The daemon threads of all clients: there while there is work, and gone a little later. */
public final class Threads {

  /** One pool for the process: neither a rotation nor one more cluster brings another one. */
  public static final Executor SHARED = pool("kubernetes");

  private static final long IDLE_SECONDS = 5;

  private Threads() {}

  /** The shared threads, for a library that insists on shutting its executor down. */
  static ExecutorService lent() {
    return new Lent();
  }

  private static Executor pool(String component) {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        work -> {
          Thread thread =
              new Thread(work, "machineid-" + component + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Its end is the borrower's own; the threads go on. It does not admit to be shut down: OkHttp
   * would take that for a failure of the network, which fabric8 tries again for some 20 seconds,
   * while it understands a rejection.
   */
  private static final class Lent extends AbstractExecutorService {
    private volatile boolean ended;

    @Override
    public void execute(Runnable work) {
      if (ended) {
        throw new RejectedExecutionException(new ClosedException("the client"));
      }
      SHARED.execute(work);
    }

    @Override
    public void shutdown() {
      ended = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      ended = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return ended;
    }
  }
}
