package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.ClosedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Writes one output, again after each rotation, and again after a while when it fails. */
final class OutputKeeper {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final long LONGEST_RETRY_SECONDS = 60;
  private static final int DOUBLINGS = 6;

  private final Bot bot;
  private final OutputWriter output;
  private final ScheduledExecutorService workers;

  OutputKeeper(Bot bot, OutputWriter output, ScheduledExecutorService workers) {
    this.bot = bot;
    this.output = output;
    this.workers = workers;
  }

  void start() {
    workers.execute(() -> open(1));
  }

  /** The first credential; from then on the bot renews it. */
  private void open(int attempt) {
    try {
      OutputWriter.Open open = output.open(bot);
      open.onChange(() -> changed(open));
      write(open, 1);
    } catch (RuntimeException e) {
      again(e, attempt, () -> open(attempt + 1));
    }
  }

  private void changed(OutputWriter.Open open) {
    try {
      workers.execute(() -> write(open, 1));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a rotation came while the program was stopping");
    }
  }

  private void write(OutputWriter.Open open, int attempt) {
    try {
      open.write();
    } catch (RuntimeException e) {
      again(e, attempt, () -> write(open, attempt + 1));
    }
  }

  private void again(RuntimeException failure, int attempt, Runnable retry) {
    if (workers.isShutdown() || failure instanceof ClosedException) {
      return; // the program is stopping
    }
    long seconds = Math.min(LONGEST_RETRY_SECONDS, 1L << Math.min(attempt, DOUBLINGS));
    LOG.log(
        Level.ERROR,
        "{0}: {1}; next try in {2} s",
        output.describe(),
        CommandLines.oneLine(failure.getMessage()),
        seconds);
    LOG.log(Level.DEBUG, "the failure in full", failure);
    try {
      Future<?> unused = workers.schedule(retry, seconds, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "no further try: the program is stopping");
    }
  }
}
