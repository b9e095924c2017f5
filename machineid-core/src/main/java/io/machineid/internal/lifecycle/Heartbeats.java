package io.machineid.internal.lifecycle;

import io.machineid.ClosedException;
import io.machineid.HeartbeatMode;
import io.machineid.Scheduler;
import io.machineid.ServiceHealth;
import io.machineid.internal.auth.Heartbeat;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Tells the cluster every half hour that the bot lives, the first time when all that it keeps valid
 * has come to something, or has not for half a minute. What fails is tried again a few times, then
 * at the next half hour; nothing else depends on it.
 */
final class Heartbeats implements AutoCloseable {

  static final Duration INTERVAL = Duration.ofMinutes(30);

  private static final Logger LOG = System.getLogger("io.machineid");
  static final Duration LOOK = Duration.ofSeconds(1);
  static final int LOOKS = 30;

  private static final int TRIES = 5;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final double LEAST_PART = 0.5;
  private static final long LONGEST_FAREWELL_SECONDS = 5;

  /** Sends. */
  @FunctionalInterface
  interface Sender {

    /** Blocks; returns false where the cluster does not know of heartbeats. */
    boolean send(Heartbeat heartbeat);
  }

  /**
   * What they need.
   *
   * @param mode how often; never {@link HeartbeatMode#NONE}
   * @param joinMethod how the bot joins
   * @param scheduler where to wait
   * @param workers where to send
   * @param clock for how long the bot has been at work
   * @param health how what the process keeps valid does
   */
  record Setting(
      HeartbeatMode mode,
      String joinMethod,
      Scheduler scheduler,
      Executor workers,
      InstantSource clock,
      Supplier<List<ServiceHealth>> health) {}

  private final Setting setting;
  private final Sender sender;
  private final Instant began;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch firstTry = new CountDownLatch(1);
  private volatile Scheduler.Cancellable timer = () -> {};
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile boolean startup = true;
  private volatile boolean closed;

  Heartbeats(Setting setting, Sender sender) {
    this.setting = setting;
    this.sender = sender;
    this.began = setting.clock().instant();
  }

  /** Begins, where it has not begun. */
  void start() {
    if (setting.mode() != HeartbeatMode.NONE && started.compareAndSet(false, true)) {
      await(0);
    }
  }

  /** Not before there is something to tell. */
  private void await(int looks) {
    boolean more =
        looks < LOOKS
            && health().stream()
                .anyMatch(service -> service.status() == ServiceHealth.Status.INITIALIZING);
    if (more && !closed) {
      timer = setting.scheduler().schedule(() -> await(looks + 1), LOOK);
    } else {
      begin();
    }
  }

  private void begin() {
    if (begun.compareAndSet(false, true)) {
      hand(1);
    }
  }

  private List<ServiceHealth> health() {
    try {
      return setting.health().get();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "the health that is to be told cannot be had", e);
      return List.of();
    }
  }

  private void hand(int number) {
    try {
      setting.workers().execute(() -> beat(number));
    } catch (RejectedExecutionException e) {
      closed = true;
    } catch (Error e) {
      failed(number, e); // there may be no thread for it now
    }
  }

  private void beat(int number) {
    if (closed) {
      return;
    }
    try {
      if (sender.send(heartbeat())) {
        startup = false;
      }
      later(INTERVAL, 1);
    } catch (ClosedException e) {
      LOG.log(Level.DEBUG, "the bot was closed before a heartbeat was sent");
    } catch (RuntimeException | Error e) {
      failed(number, e);
    } finally {
      firstTry.countDown();
    }
  }

  private void failed(int number, Throwable why) {
    LOG.log(Level.DEBUG, "heartbeat {0} of {1} failed: {2}", number, TRIES, why.getMessage());
    if (number < TRIES) {
      double part = LEAST_PART + (1 - LEAST_PART) * RandomGenerator.getDefault().nextDouble();
      Duration wait = FIRST_WAIT.multipliedBy(1L << (number - 1));
      later(Duration.ofMillis((long) (wait.toMillis() * part)), number + 1);
    } else {
      LOG.log(
          Level.WARNING,
          "the cluster could not be told that the bot lives; that changes nothing else, and is tried again in {0}: {1}",
          INTERVAL,
          why.getMessage());
      later(INTERVAL, 1);
    }
  }

  private void later(Duration wait, int number) {
    if (setting.mode() == HeartbeatMode.ONCE || closed) {
      return;
    }
    timer = setting.scheduler().schedule(() -> hand(number), wait);
    if (closed) {
      timer.cancel();
    }
  }

  private Heartbeat heartbeat() {
    return new Heartbeat(
        startup,
        setting.mode() == HeartbeatMode.ONCE,
        Duration.between(began, setting.clock().instant()),
        setting.joinMethod(),
        health());
  }

  /** Ends them. The only one of a process that does its work once may finish, for a while. */
  @Override
  public void close() {
    if (setting.mode() == HeartbeatMode.ONCE && started.get()) {
      begin();
      try {
        if (!firstTry.await(LONGEST_FAREWELL_SECONDS, TimeUnit.SECONDS)) {
          LOG.log(Level.DEBUG, "the heartbeat is given up");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    closed = true;
    timer.cancel();
  }
}
