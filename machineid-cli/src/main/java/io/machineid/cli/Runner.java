package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.BotState;
import io.machineid.HeartbeatMode;
import io.machineid.config.BotConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Runs a configuration: joins, writes all outputs side by side, and unless it is oneshot writes
 * each again after each rotation until it is told to stop. An output that fails does not hold the
 * others up; it is tried again, or with oneshot fails the run.
 */
final class Runner {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final long LONGEST_FAREWELL_SECONDS = 5;
  private static final int MAX_WORKERS = 8;

  private final BotConfig config;
  private final boolean oneshot;
  private final Optional<Path> pidFile;
  private final Surroundings surroundings;
  private final Stop stop;
  private final Services services;
  private final Counters counters = new Counters();
  private final AskedRenewal renewal = new AskedRenewal();
  private final AtomicReference<Bot> bot = new AtomicReference<>();

  Runner(BotConfig config, Optional<Path> pidFile, Surroundings surroundings) {
    this.config = config;
    this.oneshot = config.oneshot();
    this.pidFile = pidFile;
    this.surroundings = surroundings;
    this.stop = surroundings.stop();
    this.services = new Services(config.outputs(), InstantSource.system());
  }

  /** Returns the exit code. */
  int run() {
    Metrics metrics = new Metrics(() -> Optional.ofNullable(bot.get()), services, counters);
    Optional<DiagnosticsServer> diagnostics =
        config.diagAddr().map(address -> DiagnosticsServer.start(address, services, metrics::text));
    try {
      return runBot();
    } finally {
      diagnostics.ifPresent(DiagnosticsServer::close);
    }
  }

  private int runBot() {
    List<OutputWriter> outputs =
        IntStream.range(0, config.outputs().size()).mapToObj(this::writer).toList();
    List<Written> written =
        IntStream.range(0, outputs.size())
            .mapToObj(i -> new Written(outputs.get(i), services.output(i)))
            .toList();
    services.outputs(outputs);
    Bot.Builder builder = BotFactory.builder(config, surroundings.environment());
    if (outputs.isEmpty()) {
      LOG.log(Level.WARNING, "the configuration has no outputs: nothing will be written");
    }
    ScheduledThreadPoolExecutor workers = workers(outputs.size());
    builder.listener(services::on).listener(new EndOfIdentity(this::state, stop)).metrics(counters);
    builder.listener(renewal);
    builder.expectedCredentials(outputs.size());
    builder.heartbeats(oneshot ? HeartbeatMode.ONCE : HeartbeatMode.REPEATED);
    builder.serviceHealth(services::health);
    try {
      prepare(outputs, workers);
      return runBot(builder, written, workers);
    } finally {
      finish(workers);
    }
  }

  private int runBot(
      Bot.Builder builder, List<Written> outputs, ScheduledThreadPoolExecutor workers) {
    try (Bot started = builder.start(START_TIMEOUT)) {
      bot.set(started);
      Optional<PidFile> number = pidFile.map(PidFile::write);
      try {
        return oneshot
            ? new Oneshot(started, outputs, workers, stop).run()
            : keep(started, outputs, workers);
      } finally {
        number.ifPresent(PidFile::remove);
      }
    }
  }

  /** All at once; of several that fail, the first of the configuration is named. */
  private static void prepare(List<OutputWriter> outputs, Executor workers) {
    List<CompletableFuture<Void>> preparing =
        outputs.stream()
            .map(output -> CompletableFuture.runAsync(output::prepare, workers))
            .toList();
    try {
      preparing.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private OutputWriter writer(int index) {
    return OutputWriter.of(
        config.outputs().get(index), config.lifetime(), surroundings.environment());
  }

  private static ScheduledThreadPoolExecutor workers(int outputs) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads =
        task -> {
          Thread thread = new Thread(task, "machineid-output-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    ScheduledThreadPoolExecutor workers =
        new ScheduledThreadPoolExecutor(Math.max(1, Math.min(MAX_WORKERS, outputs)), threads);
    workers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    workers.setRemoveOnCancelPolicy(true);
    return workers;
  }

  private int keep(Bot bot, List<Written> outputs, ScheduledThreadPoolExecutor workers) {
    if (stop.isRequested()) {
      return stop.unfinished();
    }
    outputs.forEach(output -> output.check(bot));
    List<OutputKeeper> keepers =
        outputs.stream().map(output -> new OutputKeeper(bot, output, workers)).toList();
    surroundings
        .reload()
        .onRequest(
            () -> {
              renewal.begin(bot);
              keepers.forEach(OutputKeeper::reload);
            });
    keepers.forEach(OutputKeeper::start);
    int code = stop.await();
    LOG.log(Level.INFO, "stopping");
    return code;
  }

  /** The bot is closed: nothing new can begin. What is being written is written whole. */
  private static void finish(ScheduledThreadPoolExecutor workers) {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(LONGEST_FAREWELL_SECONDS, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private Optional<BotState> state() {
    return Optional.ofNullable(bot.get()).map(Bot::state);
  }
}
