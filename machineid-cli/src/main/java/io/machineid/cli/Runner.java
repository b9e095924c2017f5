package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.BotEvent;
import io.machineid.BotState;
import io.machineid.MachineIdException;
import io.machineid.config.BotConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a configuration: joins, writes all outputs side by side, and unless it is oneshot writes
 * each again after each rotation until it is told to stop. An output that fails does not hold the
 * others up; it is tried again, or with oneshot fails the run.
 */
final class Runner {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final int MAX_WORKERS = 8;

  private final BotConfig config;
  private final boolean oneshot;
  private final Surroundings surroundings;
  private final AtomicReference<Bot> bot = new AtomicReference<>();

  Runner(BotConfig config, boolean oneshot, Surroundings surroundings) {
    this.config = config;
    this.oneshot = oneshot;
    this.surroundings = surroundings;
  }

  /** Returns the exit code. */
  int run() {
    List<OutputWriter> outputs =
        config.outputs().stream()
            .map(output -> OutputWriter.of(output, surroundings.environment()))
            .toList();
    Bot.Builder builder = BotFactory.builder(config, surroundings.environment());
    outputs.forEach(OutputWriter::prepare);
    if (outputs.isEmpty()) {
      LOG.log(Level.WARNING, "the configuration has no outputs: nothing will be written");
    }
    ScheduledExecutorService workers = workers(outputs.size());
    try (Bot started = builder.listener(this::watch).start(START_TIMEOUT)) {
      bot.set(started);
      return oneshot ? once(started, outputs, workers) : keep(started, outputs, workers);
    } finally {
      workers.shutdownNow();
    }
  }

  private static ScheduledExecutorService workers(int outputs) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads =
        task -> {
          Thread thread = new Thread(task, "machineid-output-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    return Executors.newScheduledThreadPool(Math.max(1, Math.min(MAX_WORKERS, outputs)), threads);
  }

  private static int once(Bot bot, List<OutputWriter> outputs, ScheduledExecutorService workers) {
    List<Future<?>> writing = new ArrayList<>();
    for (OutputWriter output : outputs) {
      writing.add(
          workers.submit(
              () -> {
                try (OutputWriter.Open open = output.open(bot)) {
                  open.write();
                }
              }));
    }
    MachineIdException first = null;
    for (int i = 0; i < writing.size(); i++) {
      MachineIdException failure = outcome(writing.get(i));
      if (failure != null && first != null) {
        LOG.log(Level.ERROR, "{0}: {1}", outputs.get(i).describe(), failure.getMessage());
      }
      first = first == null ? failure : first;
    }
    if (first != null) {
      throw first;
    }
    LOG.log(Level.INFO, "oneshot: all outputs are written");
    return CommandLines.OK;
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

  private int keep(Bot bot, List<OutputWriter> outputs, ScheduledExecutorService workers) {
    outputs.forEach(output -> new OutputKeeper(bot, output, workers).start());
    int code = surroundings.stop().await();
    LOG.log(Level.INFO, "stopping");
    return code;
  }

  /** An identity that ended cannot come back by itself with a token: the process ends. */
  private void watch(BotEvent event) {
    Bot running = bot.get();
    if (event instanceof BotEvent.RenewalFailed failed
        && failed.request().isEmpty()
        && running != null
        && running.state() == BotState.EXPIRED) {
      LOG.log(Level.ERROR, "the bot''s identity has expired: {0}", failed.error().getMessage());
      surroundings.stop().request(CommandLines.FAILED);
    }
  }
}
