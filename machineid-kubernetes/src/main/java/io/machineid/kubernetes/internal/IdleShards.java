package io.machineid.kubernetes.internal;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The JDK clients of the process that have nothing open. Each of them has a thread and a
 * connection: so only the latest are kept, and whoever asks many clusters in turn does not pile
 * them up. Thread-safe.
 */
final class IdleShards {

  /** For all clients of the process. */
  static final IdleShards OF_PROCESS = new IdleShards(32);

  private final int kept;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Shards> idle = new LinkedHashSet<>();

  IdleShards(int kept) {
    this.kept = kept;
  }

  /** Notes one that has nothing open any more; lets the oldest go where there are too many. */
  void add(Shards shards) {
    Shards oldest = null;
    lock.lock();
    try {
      idle.remove(shards);
      idle.add(shards);
      if (idle.size() > kept) {
        Iterator<Shards> first = idle.iterator();
        oldest = first.next();
        first.remove();
      }
    } finally {
      lock.unlock();
    }
    if (oldest != null) {
      oldest.letGo();
    }
  }

  /** Forgets one that is in use again, or closed. */
  void remove(Shards shards) {
    lock.lock();
    try {
      idle.remove(shards);
    } finally {
      lock.unlock();
    }
  }
}
