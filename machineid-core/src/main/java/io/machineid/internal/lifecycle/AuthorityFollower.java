package io.machineid.internal.lifecycle;

import io.machineid.CertificateAuthorities;
import io.machineid.MachineIdException;
import io.machineid.Scheduler;
import io.machineid.internal.auth.AuthorityWatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Follows the cluster's certificate authorities. It watches them, and whenever something may have
 * changed (an event, or a watch that stands again after a break) it compares what is trusted now
 * with what was trusted when the identity was issued; active authorities come first in both, so
 * that a change of the one that signs is seen too. Renewal fetches the authorities as well, so that
 * a cluster that cannot be watched is followed all the same, only later.
 */
final class AuthorityFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");

  /** What it works with. */
  interface Bot {

    /** What was trusted when the first credentials were issued. May block. */
    CertificateAuthorities known();

    /** What is trusted now. Blocks. */
    CertificateAuthorities ask();

    /** Opens a watch on the current connection. */
    AuthorityWatch watch(AuthorityWatch.Listener listener);

    /** Takes up what has changed. */
    void follow();

    /** Tries again what could not be taken up: the cluster answers again. */
    void followOn();

    /** For how long the identity that watches was granted. */
    Duration life();
  }

  private final Bot bot;
  private final RenewalLoop.Setting setting;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable AuthorityWatch watch;
  private Scheduler.@Nullable Cancellable pending;
  private volatile @Nullable CertificateAuthorities seen;
  private final AtomicInteger failures = new AtomicInteger();
  private boolean closed;

  AuthorityFollower(Bot bot, RenewalLoop.Setting setting) {
    this.bot = bot;
    this.setting = setting;
  }

  /**
   * Opens the watch on the newest connection, a little later: what only starts to end again has no
   * use for it.
   */
  void restart() {
    later(setting.policy().untilAuthoritiesFollowed(), this::open);
  }

  private void later(Duration delay, Runnable work) {
    lock.lock();
    try {
      if (pending != null) {
        pending.cancel();
      }
      if (!closed) {
        pending = setting.scheduler().schedule(() -> hand(work), delay);
      }
    } finally {
      lock.unlock();
    }
  }

  private Duration untilWatchedAgain() {
    return setting.policy().untilWatchedAgain(failures.incrementAndGet(), bot.life());
  }

  private void hand(Runnable work) {
    try {
      setting.workers().execute(work);
    } catch (RejectedExecutionException e) {
      close();
    }
  }

  private void open() {
    lock.lock();
    try {
      if (watch != null) {
        watch.close();
      }
      if (!closed) {
        watch = bot.watch(new Listener());
      }
    } catch (MachineIdException e) {
      LOG.log(Level.DEBUG, "the authorities cannot be watched now", e);
    } finally {
      lock.unlock();
    }
  }

  private void compare() {
    try {
      CertificateAuthorities before = seen;
      CertificateAuthorities known = before == null ? bot.known() : before;
      CertificateAuthorities now = bot.ask();
      seen = now;
      if (!known.host().equals(now.host()) || !known.user().equals(now.user())) {
        bot.follow();
      }
    } catch (MachineIdException e) {
      LOG.log(Level.DEBUG, "the authorities cannot be compared now", e);
      later(untilWatchedAgain(), this::open);
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
      if (watch != null) {
        watch.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private final class Listener implements AuthorityWatch.Listener {

    @Override
    public void ready() {
      failures.set(0);
      bot.followOn();
      hand(AuthorityFollower.this::compare);
    }

    @Override
    public void changed() {
      later(setting.policy().untilAuthoritiesFollowed(), AuthorityFollower.this::compare);
    }

    @Override
    public void ended() {
      later(untilWatchedAgain(), AuthorityFollower.this::open);
    }
  }
}
