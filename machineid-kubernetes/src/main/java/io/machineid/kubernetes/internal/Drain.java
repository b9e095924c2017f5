package io.machineid.kubernetes.internal;

import io.machineid.BotMetrics;
import io.machineid.Scheduler;
import io.machineid.kubernetes.internal.DrainPolicy.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Ends what generations have open, at the moments that {@link DrainPolicy} names. Cuts run on the
 * executor, as they run code of those who read the streams.
 */
final class Drain implements AutoCloseable {

  /** A timer may be late by this much when the clock jumps, as after a sleep. */
  private static final Duration LONGEST_NAP = Duration.ofSeconds(15);

  private final InstantSource clock;
  private final Scheduler scheduler;
  private final Executor executor;
  private final DrainPolicy policy;
  private final BotMetrics metrics;
  private final Map<TlsGeneration, Set<Alarm>> living = new ConcurrentHashMap<>();
  private final Map<TlsGeneration, Instant> superseded = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Makes one for all generations of a credential.
   *
   * @param metrics counts what was drained
   */
  Drain(
      InstantSource clock,
      Scheduler scheduler,
      Executor executor,
      DrainPolicy policy,
      BotMetrics metrics) {
    this.clock = clock;
    this.scheduler = scheduler;
    this.executor = executor;
    this.policy = policy;
    this.metrics = metrics;
  }

  /** Watches over a generation that is in use from now on. */
  void begin(TlsGeneration generation) {
    Instant end = generation.credential().notAfter();
    OpenCalls open = generation.open();
    living.put(generation, ConcurrentHashMap.newKeySet());
    open.whenDrained(() -> drained(generation));
    at(end, generation, () -> cutStreams(generation));
    at(end.plus(DrainPolicy.GRACE), generation, () -> open.end(cut(generation), executor));
  }

  /** Lets a generation go that has a successor. */
  void supersede(TlsGeneration generation) {
    OpenCalls open = generation.open();
    superseded.put(generation, clock.instant());
    open.retire();
    if (open.isDrained()) {
      superseded.remove(generation); // where it had been ended before
      return;
    }
    Window window = policy.window(clock.instant(), generation.credential().notAfter());
    at(window.begin(), generation, () -> spread(generation, window));
    at(window.end(), generation, () -> cutStreams(generation));
  }

  /** The generations that are in use, or still have something open. */
  Set<TlsGeneration> living() {
    return living.keySet();
  }

  /** Ends everything. */
  @Override
  public void close() {
    closed = true;
    IOException why = new StreamCutException("the access to Kubernetes was closed");
    living.keySet().forEach(generation -> generation.open().end(why, executor));
    living.keySet().forEach(this::forget);
  }

  private void drained(TlsGeneration generation) {
    forget(generation);
    Instant since = superseded.remove(generation);
    if (since != null && !closed) {
      metrics.connectionsDrained(
          Duration.between(since, clock.instant()), generation.open().cutCount());
    }
  }

  private void forget(TlsGeneration generation) {
    Set<Alarm> alarms = living.remove(generation);
    if (alarms != null) {
      alarms.forEach(Alarm::cancel);
    }
  }

  private void spread(TlsGeneration generation, Window window) {
    for (OpenCalls.Call stream : generation.open().streams()) {
      at(policy.within(window), generation, () -> stream.cut(cut(generation), executor));
    }
  }

  private void cutStreams(TlsGeneration generation) {
    for (OpenCalls.Call stream : generation.open().streams()) {
      stream.cut(cut(generation), executor);
    }
  }

  private static IOException cut(TlsGeneration generation) {
    return new StreamCutException(
        "closed by this client, because the certificate that the connection was opened with ends at "
            + generation.credential().notAfter()
            + ". Open it again: that takes the newest certificate");
  }

  private void at(Instant time, TlsGeneration generation, Runnable task) {
    Set<Alarm> alarms = living.get(generation);
    if (alarms == null) {
      return;
    }
    Alarm alarm = new Alarm(time, alarms, task);
    alarms.add(alarm);
    alarm.sleep();
    if (closed || !living.containsKey(generation)) {
      alarm.cancel();
    }
  }

  /** Something to do at a time of the clock, unless its generation is forgotten by then. */
  private final class Alarm {
    private final Instant time;
    private final Set<Alarm> alarms;
    private final Runnable task;
    private volatile Scheduler.Cancellable timer = () -> {};
    private volatile boolean cancelled;

    Alarm(Instant time, Set<Alarm> alarms, Runnable task) {
      this.time = time;
      this.alarms = alarms;
      this.task = task;
    }

    void sleep() {
      Duration left = Duration.between(clock.instant(), time);
      Duration nap = left.compareTo(LONGEST_NAP) < 0 ? left : LONGEST_NAP;
      timer = scheduler.schedule(this::wake, nap.isNegative() ? Duration.ZERO : nap);
      if (cancelled) {
        timer.cancel();
      }
    }

    private void wake() {
      if (cancelled) {
        return;
      }
      if (clock.instant().isBefore(time)) {
        sleep();
      } else {
        alarms.remove(this);
        task.run();
      }
    }

    void cancel() {
      cancelled = true;
      timer.cancel();
    }
  }
}
