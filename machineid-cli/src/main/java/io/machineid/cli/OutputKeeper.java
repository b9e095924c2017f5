package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.ClosedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes one output, again after each rotation, and again after a while when it fails. Only one
 * thread at a time does, so that an older credential never replaces a newer one.
 */
final class OutputKeeper {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final long LONGEST_RETRY_SECONDS = 60;
  private static final int DOUBLINGS = 6;

  private final Bot bot;
  private final Written output;
  private final ScheduledExecutorService workers;
  private final AtomicInteger wanted = new AtomicInteger();
  private OutputWriter.@Nullable Open access;
  private @Nullable Future<?> retry;
  private volatile int failures;
  private volatile boolean lookFirst;

  OutputKeeper(Bot bot, Written output, ScheduledExecutorService workers) {
    this.bot = bot;
    this.output = output;
    this.workers = workers;
  }

  void start() {
    writeSoon();
  }

  /** Tries again now, if the last try failed: what was in the way may be gone. */
  void retrySoon() {
    if (failures > 0) {
      writeSoon();
    }
  }

  /** Looks again at what the output is for; tries again now, if the last try failed. */
  void reload() {
    if (failures > 0 || output.looksAgain()) {
      lookFirst = true;
      writeSoon();
    }
  }

  /** Writes; once more if that is under way. */
  private void writeSoon() {
    if (wanted.getAndIncrement() == 0) {
      try {
        workers.execute(this::run);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.DEBUG, "a rotation came while the program was stopping");
      }
    }
  }

  private void run() {
    int seen;
    do {
      seen = wanted.get();
      attempt();
    } while (!wanted.compareAndSet(seen, 0));
  }

  private void attempt() {
    try {
      OutputWriter.Open opened = opened();
      if (lookFirst) {
        lookFirst = false;
        output.refresh(opened);
      }
      output.write(opened);
      failures = 0;
    } catch (RuntimeException | Error e) {
      // Whatever it was, a keeper that ended here would let the output grow old in silence.
      int row = failures + 1;
      failures = row;
      lookFirst = true;
      again(e, row);
    }
  }

  /** The first credential; from then on the bot renews it. */
  private OutputWriter.Open opened() {
    OutputWriter.Open current = access;
    if (current == null) {
      current = output.open(bot);
      current.onChange(this::writeSoon);
      access = current;
    }
    return current;
  }

  private void again(Throwable failure, int row) {
    if (workers.isShutdown() || failure instanceof ClosedException) {
      return; // the program is stopping
    }
    long seconds = Math.min(LONGEST_RETRY_SECONDS, 1L << Math.min(row, DOUBLINGS));
    LOG.log(
        Level.ERROR,
        "{0}: {1}; next try in {2} s",
        output.describe(),
        CommandLines.oneLine(failure.getMessage()),
        seconds);
    LOG.log(Level.DEBUG, "the failure in full", failure);
    try {
      if (retry != null) {
        retry.cancel(false);
      }
      retry = workers.schedule(this::retrySoon, seconds, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "no further try: the program is stopping");
    }
  }
}
