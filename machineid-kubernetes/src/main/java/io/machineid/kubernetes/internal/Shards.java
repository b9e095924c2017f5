package io.machineid.kubernetes.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One JDK client's delegates for one generation. A delegate has one HTTP/2 connection and fails
 * what the server allows no stream for; so a new one is added before that.
 */
final class Shards implements OpenCalls.Connection {

  /** Each server allows this many streams, unless it goes against the advice of RFC 9113, 6.5.2. */
  static final int STREAMS = 100;

  private final Function<BooleanSupplier, HttpClient> maker;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Shard> shards = new ArrayList<>();
  private int streams;
  private int places;
  private boolean placed;
  private boolean closing;
  private volatile boolean closed;

  /**
   * Begins without any.
   *
   * @param maker makes a delegate whose connections fail when what it is given says no
   */
  Shards(Function<BooleanSupplier, HttpClient> maker) {
    this.maker = maker;
  }

  /** Takes a stream on a delegate that has room. */
  Shard take(URI target) {
    IdleShards.OF_PROCESS.remove(this);
    lock.lock();
    try {
      Shard shard = roomy();
      shard.target = target;
      shard.streams++;
      streams++;
      return shard;
    } finally {
      lock.unlock();
    }
  }

  private Shard roomy() {
    for (Shard shard : shards) {
      if (!shard.silent && shard.streams < STREAMS) {
        return shard;
      }
    }
    AtomicBoolean gone = new AtomicBoolean();
    Shard shard = new Shard(maker.apply(() -> !gone.get()), gone);
    shards.add(shard);
    return shard;
  }

  /** A delegate for what takes no stream. */
  HttpClient peek() {
    lock.lock();
    try {
      return roomy().client;
    } finally {
      lock.unlock();
    }
  }

  /** A delegate for what has a connection of its own; keeps {@link #letGo()} away from it. */
  Place place() {
    IdleShards.OF_PROCESS.remove(this);
    lock.lock();
    try {
      Place place = new Place(roomy());
      place.shard.places++;
      places++;
      placed = true;
      return place;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  /** Closes the connections as soon as nothing is open on them. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
    } finally {
      lock.unlock();
    }
    closeWhenIdle();
  }

  private void closeWhenIdle() {
    List<Shard> idle;
    boolean plain;
    lock.lock();
    try {
      if (!closing || closed || streams + places > 0) {
        return;
      }
      closed = true;
      plain = !placed;
      idle = takeAll();
    } finally {
      lock.unlock();
    }
    IdleShards.OF_PROCESS.remove(this);
    idle.forEach(shard -> shard.end(plain));
  }

  /** Ends the delegates, unless they are in use; the next request gets a new one. */
  void letGo() {
    List<Shard> idle;
    boolean plain;
    lock.lock();
    try {
      plain = !placed;
      idle = streams + places > 0 ? List.of() : takeAll();
    } finally {
      lock.unlock();
    }
    idle.forEach(shard -> shard.end(plain));
  }

  private List<Shard> takeAll() {
    List<Shard> all = List.copyOf(shards);
    shards.clear();
    placed = false;
    return all;
  }

  private void released() {
    boolean idle;
    lock.lock();
    try {
      // A client that had a session ends with a garbage collection, which a list would prevent.
      idle = streams + places == 0 && !closing && !placed;
    } finally {
      lock.unlock();
    }
    if (idle) {
      IdleShards.OF_PROCESS.add(this);
      forgetIfClosing();
    }
    closeWhenIdle();
  }

  /** It may have been closed between the look and the note that it is idle. */
  private void forgetIfClosing() {
    lock.lock();
    try {
      if (!closing) {
        return;
      }
    } finally {
      lock.unlock();
    }
    IdleShards.OF_PROCESS.remove(this);
  }

  /** A delegate that is used by a connection of its own. */
  final class Place {
    private final Shard shard;
    private final AtomicBoolean released = new AtomicBoolean();

    private Place(Shard shard) {
      this.shard = shard;
    }

    HttpClient client() {
      return shard.client;
    }

    /** Gives it back; a second time does nothing. */
    void release() {
      if (!released.compareAndSet(false, true)) {
        return;
      }
      lock.lock();
      try {
        shard.places--;
        places--;
      } finally {
        lock.unlock();
      }
      shard.endWhenSilent();
      released();
    }
  }

  /** A delegate, and how many streams it has open. */
  final class Shard {
    private final HttpClient client;
    private final AtomicBoolean gone;
    private final ConnectionGate gate = new ConnectionGate();
    private int streams;
    private int places;
    private final AtomicLong heard = new AtomicLong();
    private boolean silent;
    private @Nullable URI target;

    private Shard(HttpClient client, AtomicBoolean gone) {
      this.client = client;
      this.gone = gone;
    }

    private void end(boolean plain) {
      gone.set(true);
      HttpShutdown.of(client, target, plain);
    }

    HttpClient client() {
      return client;
    }

    /** Says when what has been taken may be sent. */
    ConnectionGate gate() {
      return gate;
    }

    /** How often something has come from the other side. */
    long timesHeard() {
      return heard.get();
    }

    /** A part of an answer has come. */
    void heard() {
      heard.incrementAndGet();
    }

    /** An answer has begun. */
    void answered() {
      heard();
      gate.answered();
    }

    /**
     * A request got no answer in time. Where nothing else came either since it was sent, the
     * connection may be gone without a word, and the JDK would use it until TCP gives up: new
     * requests take another one, the open ones may end.
     *
     * @param before how often something had come when it was sent
     */
    void timedOut(long before) {
      lock.lock();
      try {
        silent |= heard.get() == before;
      } finally {
        lock.unlock();
      }
    }

    private void endWhenSilent() {
      boolean plain;
      lock.lock();
      try {
        if (!silent || streams + places > 0 || !shards.remove(this)) {
          return;
        }
        plain = !placed;
      } finally {
        lock.unlock();
      }
      end(plain);
    }

    void release() {
      lock.lock();
      try {
        streams--;
        Shards.this.streams--;
        if (streams == 0) {
          gate.idle();
        }
      } finally {
        lock.unlock();
      }
      endWhenSilent();
      released();
    }
  }
}
