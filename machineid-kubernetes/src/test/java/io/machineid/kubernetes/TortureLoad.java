package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.fail;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads that read, each one request after the other, until it is closed. */
final class TortureLoad implements AutoCloseable {

  private static final Duration LONGEST_ROUND = Duration.ofMinutes(2);
  private static final int SAMPLES = 20;

  private final Disturbances disturbances;
  private final Queue<String> samples;
  private final List<Worker> workers = new ArrayList<>();
  private final Map<String, Result> results = new ConcurrentHashMap<>();
  private volatile boolean closed;

  TortureLoad(Disturbances disturbances, Queue<String> samples) {
    this.disturbances = disturbances;
    this.samples = samples;
  }

  /** What became of a client's requests. */
  static final class Result {
    final AtomicLong good = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    final AtomicLong cut = new AtomicLong();
  }

  Result of(String namespace) {
    return results.computeIfAbsent(namespace, name -> new Result());
  }

  void start(String namespace, TortureClient client, int threads) {
    for (int i = 0; i < threads; i++) {
      Worker worker = new Worker(namespace, client);
      workers.add(worker);
      Thread thread = new Thread(worker, "torture-load");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Waits until each thread has begun and ended a request. */
  void awaitRound() {
    long[] before = workers.stream().mapToLong(worker -> worker.done.get()).toArray();
    long begin = System.nanoTime();
    for (int i = 0; i < before.length; i++) {
      while (workers.get(i).done.get() < before[i] + 2) {
        if (System.nanoTime() - begin > LONGEST_ROUND.toNanos()) {
          fail("a request of %s hangs; so far: %s", workers.get(i).namespace, samples);
        }
        LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Worker implements Runnable {
    private final String namespace;
    private final TortureClient client;
    private final Result result;
    private final AtomicLong done = new AtomicLong();

    Worker(String namespace, TortureClient client) {
      this.namespace = namespace;
      this.client = client;
      this.result = of(namespace);
    }

    @Override
    public void run() {
      while (!closed) {
        long began = System.nanoTime();
        try {
          client.read();
          result.good.incrementAndGet();
        } catch (Exception e) {
          failed(began, e);
        }
        done.incrementAndGet();
      }
    }

    private void failed(long began, Exception failure) {
      if (closed) {
        return;
      }
      if (disturbances.explain(namespace, began, failure)) {
        result.cut.incrementAndGet();
        return;
      }
      result.failed.incrementAndGet();
      if (samples.size() < SAMPLES) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        samples.add(namespace + ": " + text);
      }
    }
  }
}
