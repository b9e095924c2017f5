package io.machineid.internal.lifecycle;

import io.machineid.CredentialException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.Scheduler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one thing valid: waits, renews, and waits again, one renewal at a time, until it is closed.
 * Loops know nothing of each other, so that one's failures stay its own.
 *
 * <p>What is due is a point in time on the server's clock. The loop sleeps in short stretches and
 * looks at the clock after each, since timers stand still while a machine sleeps, and clocks jump.
 */
final class RenewalLoop implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);
  private static final Duration JUMP = Duration.ofSeconds(30);
  private static final Duration WITHOUT_A_THREAD = Duration.ofSeconds(10);

  /** What a loop keeps valid. */
  interface Target {

    /** Until when what there is now is valid, on the server's clock. */
    Instant notAfter();

    /** For how long it was granted. */
    Duration life();

    /** Replaces it. Blocks. */
    void renew();

    /** Is told that a renewal went well, or that one failed. */
    void settled(Optional<MachineIdException> error, Duration nextTry);

    /** Is told that the clock moved otherwise than time passed. May block. */
    default void clockJumped() {}
  }

  /**
   * What loops share.
   *
   * @param time the server's clock, as well as we know it
   * @param scheduler where loops wait
   * @param workers where loops renew
   * @param policy when
   */
  record Setting(ServerTime time, Scheduler scheduler, Executor workers, RenewalPolicy policy) {}

  private final Target target;
  private final Setting setting;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private Scheduler.@Nullable Cancellable pending;
  private Instant due = Instant.MAX;
  private Instant slept = Instant.MAX;
  private boolean closed;
  private boolean renewing;
  private boolean wanted;

  /** Another try is wanted, should the one under way fail. */
  private boolean retryWanted;

  private volatile int failures;
  private volatile @Nullable MachineIdException lastError;

  RenewalLoop(Target target, Setting setting) {
    this.target = target;
    this.setting = setting;
  }

  /** Begins to wait for the first renewal. */
  void start() {
    wait(untilRenewal());
  }

  /** Begins as if a renewal had just failed. */
  void startFailed(MachineIdException error) {
    wait(retryAfter(error));
  }

  /** Renews now; once more if a renewal is under way. */
  void renewSoon() {
    lock.lock();
    try {
      wanted = true; // until the next renewal begins, whatever is reckoned meanwhile
      Instant now = setting.time().now();
      if (!renewing && now.isBefore(due)) {
        due = now;
        sleep();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tries again now if the last renewal failed: what was in the way may be gone. A try that is
   * under way may have met it still; another one follows only where it fails, too.
   */
  void retrySoon() {
    lock.lock();
    try {
      if (lastError != null && renewing) {
        retryWanted = true;
      } else if (lastError != null) {
        renewSoon();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why the last renewal failed, or empty when it did not. */
  Optional<MachineIdException> lastError() {
    return Optional.ofNullable(lastError);
  }

  private Duration remaining() {
    Duration left = Duration.between(setting.time().now(), target.notAfter());
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration untilRenewal() {
    return setting.policy().untilRenewal(remaining());
  }

  private void wait(Duration delay) {
    lock.lock();
    try {
      due = setting.time().now().plus(delay);
      if (!renewing) {
        sleep();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sleeps until it is due, or for the longest stretch. Holds the lock. */
  private void sleep() {
    if (pending != null) {
      pending.cancel();
    }
    if (closed) {
      return;
    }
    Instant now = setting.time().now();
    Duration left = Duration.between(now, due);
    Duration stretch = left.compareTo(LONGEST_SLEEP) < 0 ? left : LONGEST_SLEEP;
    if (stretch.isNegative()) {
      stretch = Duration.ZERO; // what is overdue is no jump of the clock
    }
    slept = now.plus(stretch);
    pending = setting.scheduler().schedule(this::wake, stretch);
  }

  private void wake() {
    lock.lock();
    try {
      Instant now = setting.time().now();
      boolean jumped = Duration.between(slept, now).abs().compareTo(JUMP) > 0;
      if (jumped) {
        hand(this::afterJump);
      } else if (now.isBefore(due)) {
        sleep();
      } else {
        hand(this::renew);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Holds the lock. */
  private void hand(Runnable work) {
    try {
      setting.workers().execute(work);
    } catch (RejectedExecutionException e) {
      close();
    } catch (Error e) {
      // There may be no thread for it now. Nobody else would come back to it.
      LOG.log(Level.WARNING, "a renewal cannot begin now and is tried again", e);
      due = setting.time().now().plus(WITHOUT_A_THREAD);
      sleep();
    }
  }

  private void afterJump() {
    try {
      target.clockJumped();
    } finally {
      reckonAnew();
    }
  }

  private void reckonAnew() {
    Duration usual = untilRenewal();
    lock.lock();
    try {
      // Where a renewal failed, the next try comes soon in any case; otherwise it is reckoned anew.
      Instant now = setting.time().now();
      Instant latest = now.plus(usual);
      if (wanted) {
        due = now;
      } else if (latest.isBefore(due) || failures == 0) {
        due = latest;
      }
      sleep();
    } finally {
      lock.unlock();
    }
  }

  private void renew() {
    if (!begin()) {
      return;
    }
    try {
      target.renew();
      failures = 0;
      lastError = null;
      settle(Optional.empty(), untilRenewal());
    } catch (MachineIdException e) {
      failed(e);
    } catch (RuntimeException | Error e) {
      // Whatever it was, a loop that ended here would let the certificate run out in silence.
      failed(
          new CredentialException(Reason.INTERNAL, true, "a renewal failed unexpectedly: " + e, e));
    } finally {
      end();
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      if (closed || renewing) {
        return false; // two at a time would spend one generation twice, and lock the bot
      }
      renewing = true;
      wanted = false;
      retryWanted = false;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Sleeps only now: a timer that ran out while a renewal is told of would find it under way. */
  private void end() {
    lock.lock();
    try {
      renewing = false;
      idle.signalAll();
      if (wanted || (retryWanted && lastError != null)) {
        due = setting.time().now();
      }
      sleep();
    } finally {
      lock.unlock();
    }
  }

  private void failed(MachineIdException error) {
    settle(Optional.of(error), retryAfter(error));
  }

  /** Counts a failure. One renewal at a time does, so that there is one writer. */
  private Duration retryAfter(MachineIdException error) {
    int row = failures + 1;
    failures = row;
    lastError = error;
    return setting.policy().untilRetry(row, error, target.life(), remaining());
  }

  private void settle(Optional<MachineIdException> error, Duration next) {
    if (!isClosed()) {
      wait(next);
      target.settled(error, next);
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (pending != null) {
        pending.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes, and lets a renewal under way finish: one that the cluster has granted and that is not
   * stored would lock the bot out at its next start.
   */
  void closeGently(Duration longest) {
    close();
    boolean interrupted = false;
    long left = longest.toNanos();
    lock.lock();
    try {
      while (renewing && left > 0) {
        try {
          left = idle.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
