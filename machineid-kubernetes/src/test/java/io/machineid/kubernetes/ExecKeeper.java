package io.machineid.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps a stream into a pod open, and opens the next one when it is told that one has ended. */
final class ExecKeeper implements AutoCloseable {

  private static final long PAUSE_MILLIS = 20;

  /** A stream is told of its end a little later than that is decided. */
  private static final Duration TELLING = Duration.ofSeconds(4);

  private final TortureClient client;
  private final KubernetesAccess access;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "torture-exec-keeper");
            made.setDaemon(true);
            return made;
          });
  private volatile AutoCloseable session = () -> {};
  private volatile Instant latestEnd = Instant.MAX;
  private volatile boolean closed;
  final AtomicLong attempts = new AtomicLong();
  final AtomicLong ends = new AtomicLong();
  final AtomicLong outlived = new AtomicLong();

  ExecKeeper(TortureClient client, KubernetesAccess access, InstantSource clock) {
    this.client = client;
    this.access = access;
    this.clock = clock;
    thread.execute(this::open);
  }

  /** When the session that is open must have been told of its end; far away where there is none. */
  Instant latestEnd() {
    return latestEnd;
  }

  private void open() {
    attempts.incrementAndGet();
    AtomicReference<Instant> end = new AtomicReference<>(Instant.MAX);
    AtomicBoolean over = new AtomicBoolean();
    try {
      session =
          client.exec(
              () -> {
                if (over.compareAndSet(false, true)) {
                  latestEnd = Instant.MAX;
                  ended(end.get());
                }
              });
      // it was opened with this certificate or an earlier one
      end.set(access.credential().current().notAfter().plus(TELLING));
      latestEnd = end.get();
      if (over.get()) {
        latestEnd = Instant.MAX;
      }
    } catch (Exception e) {
      if (over.compareAndSet(false, true)) {
        openSoon();
      }
    }
  }

  private void ended(Instant certificateEnd) {
    if (closed) {
      return;
    }
    ends.incrementAndGet();
    if (clock.instant().isAfter(certificateEnd)) {
      outlived.incrementAndGet();
    }
    openSoon();
  }

  private void openSoon() {
    if (!closed) {
      var unused = thread.schedule(this::open, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() throws Exception {
    closed = true;
    thread.shutdownNow();
    session.close();
  }
}
