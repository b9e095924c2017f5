package io.machineid.kubernetes.internal;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is open on the connections of one generation: the handle by which it is drained and cut.
 * Thread-safe; what it calls, it calls outside of its lock.
 */
final class OpenCalls {

  private static final Logger LOG = System.getLogger(OpenCalls.class.getPackageName());

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Call> calls = new HashSet<>();
  private final Set<Connection> connections = new HashSet<>();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean retired;
  private @Nullable Runnable drained;

  /** Something that holds connections, of which all can be closed when no call is open. */
  interface Connection extends Closeable {

    /** Whether it is gone by itself. */
    boolean isClosed();
  }

  /**
   * Notes a call before it is sent.
   *
   * @param endless whether it is a stream, with no end of its own
   * @param cut ends the call with an error; called once at most, from any thread
   * @return the call, to be closed when it has ended; null when nothing may begin here any more
   */
  @Nullable Call begin(boolean endless, Consumer<IOException> cut) {
    Call call = new Call(endless, cut);
    lock.lock();
    try {
      return !retired && calls.add(call) ? call : null;
    } finally {
      lock.unlock();
    }
  }

  /** Notes a connection, to be closed when the last call of a retired generation has ended. */
  void keep(Connection connection) {
    lock.lock();
    try {
      connections.removeIf(Connection::isClosed);
      connections.add(connection);
    } finally {
      lock.unlock();
    }
    closeConnectionsWhenDrained();
  }

  /** Closes a connection at once. */
  void drop(Connection connection) {
    lock.lock();
    try {
      connections.remove(connection);
    } finally {
      lock.unlock();
    }
    closeQuietly(connection);
  }

  /** From now on no call begins here; those that are open go on. */
  void retire() {
    lock.lock();
    try {
      retired = true;
    } finally {
      lock.unlock();
    }
    closeConnectionsWhenDrained();
  }

  /** Has {@code action} run once, when nothing is open any more and nothing will be. */
  void whenDrained(Runnable action) {
    lock.lock();
    try {
      drained = action;
    } finally {
      lock.unlock();
    }
    closeConnectionsWhenDrained();
  }

  /** Whether no call begins here any more. */
  boolean isRetired() {
    return retired;
  }

  /** Whether nothing is open and nothing will be. */
  boolean isDrained() {
    lock.lock();
    try {
      return retired && calls.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The streams that are open now. */
  List<Call> streams() {
    lock.lock();
    try {
      return calls.stream().filter(call -> call.endless).toList();
    } finally {
      lock.unlock();
    }
  }

  /** How many calls were cut, so far. */
  int cutCount() {
    return cuts.get();
  }

  /**
   * Cuts everything.
   *
   * @param executor runs each cut, so that nobody waits for code of those who read
   */
  void end(IOException why, Executor executor) {
    retire();
    List<Call> open;
    lock.lock();
    try {
      open = List.copyOf(calls);
    } finally {
      lock.unlock();
    }
    open.forEach(call -> call.cut(why, executor));
  }

  private void remove(Call call) {
    lock.lock();
    try {
      calls.remove(call);
    } finally {
      lock.unlock();
    }
    closeConnectionsWhenDrained();
  }

  private void closeConnectionsWhenDrained() {
    List<Connection> idle;
    Runnable action;
    lock.lock();
    try {
      if (!retired || !calls.isEmpty()) {
        return;
      }
      idle = List.copyOf(connections);
      connections.clear();
      action = drained;
      drained = null;
    } finally {
      lock.unlock();
    }
    idle.forEach(OpenCalls::closeQuietly);
    if (action != null) {
      action.run();
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection of an older certificate did not close", e);
    }
  }

  /** One call, from before it is sent until its answer has been read or given up. */
  final class Call implements AutoCloseable {
    private final boolean endless;
    private final Consumer<IOException> cut;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable IOException cutBy;

    private Call(boolean endless, Consumer<IOException> cut) {
      this.endless = endless;
      this.cut = cut;
    }

    /** Ends the call with an error, unless it has ended. */
    void cut(IOException why) {
      if (over.compareAndSet(false, true)) {
        cuts.incrementAndGet();
        cutBy = why;
        try {
          cut.accept(why);
        } catch (RuntimeException | Error e) { // the others have to end in any case
          LOG.log(Level.WARNING, "a stream took it badly that it was cut", e);
        } finally {
          remove(this);
        }
      }
    }

    /** The same, where nobody is to wait for code of who reads: on a pool, if that has a thread. */
    void cut(IOException why, Executor executor) {
      try {
        executor.execute(() -> cut(why));
      } catch (RuntimeException | Error e) {
        LOG.log(Level.DEBUG, "there is no thread to cut a stream on", e);
        cut(why);
      }
    }

    /** Why it was cut; null when it was not. */
    @Nullable IOException cutBy() {
      return cutBy;
    }

    @Override
    public void close() {
      if (over.compareAndSet(false, true)) {
        remove(this);
      }
    }
  }
}
