package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.MachineIdException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Writes all outputs once, side by side; one that fails leaves the others alone. */
final class Oneshot {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private final Bot bot;
  private final List<Written> outputs;
  private final ExecutorService workers;
  private final Stop stop;

  Oneshot(Bot bot, List<Written> outputs, ExecutorService workers, Stop stop) {
    this.bot = bot;
    this.outputs = outputs;
    this.workers = workers;
    this.stop = stop;
  }

  /** Returns the exit code, or throws the first failure. */
  int run() {
    List<Future<?>> writing = new ArrayList<>();
    MachineIdException first;
    try (Progress progress = Progress.of(outputs.size())) {
      outputs.forEach(output -> writing.add(workers.submit(() -> write(output, progress))));
      stop.onRequest(() -> writing.forEach(future -> future.cancel(true)));
      first = firstFailure(writing);
    } catch (CancellationException e) {
      LOG.log(Level.WARNING, "oneshot: cut short, not all outputs are written");
      return stop.unfinished();
    }
    if (first != null) {
      throw first;
    }
    LOG.log(Level.INFO, "oneshot: all outputs are written");
    return CommandLines.OK;
  }

  private void write(Written output, Progress progress) {
    try (OutputWriter.Open open = output.open(bot)) {
      output.write(open);
      open.requireAll();
    } finally {
      progress.oneDone();
    }
  }

  private @Nullable MachineIdException firstFailure(List<Future<?>> writing) {
    MachineIdException first = null;
    for (int i = 0; i < writing.size(); i++) {
      MachineIdException failure = outcome(writing.get(i));
      if (failure != null && first != null) {
        LOG.log(Level.ERROR, "{0}: {1}", outputs.get(i).describe(), failure.getMessage());
      }
      first = first == null ? failure : first;
    }
    return first;
  }

  private static @Nullable MachineIdException outcome(Future<?> future) {
    try {
      future.get();
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MachineIdException failure) {
        return failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while outputs were being written", e);
    }
  }
}
