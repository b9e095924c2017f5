package io.machineid.destination;

import io.machineid.DestinationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** Files in this process's memory. Readers always see a whole set. */
public final class MemoryDestination implements Destination {

  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicBoolean locked = new AtomicBoolean();
  private volatile Map<String, byte[]> files = Map.of();

  MemoryDestination() {}

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void prepare() {
    // memory is always there
  }

  @Override
  public void write(FileSet set) {
    writing.lock();
    try {
      Map<String, byte[]> next = new TreeMap<>(files);
      set.names().forEach(name -> next.put(name, set.content(name)));
      files = next;
    } finally {
      writing.unlock();
    }
  }

  @Override
  public Optional<byte[]> read(String name) {
    FileSet.checkName(name);
    return Optional.ofNullable(files.get(name)).map(byte[]::clone);
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public Lock lock() {
    if (!locked.compareAndSet(false, true)) {
      throw DestinationException.inUse(
          "this memory destination is in use by another bot of this process; give each its own");
    }
    AtomicBoolean held = new AtomicBoolean(true);
    return () -> {
      if (held.compareAndSet(true, false)) {
        locked.set(false);
      }
    };
  }
}
