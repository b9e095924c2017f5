package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects by kind, namespace and name, with one version counter and the history that watches need.
 * What goes in belongs to the store and is never changed again: readers share it and copy before
 * they edit. Writers compare and swap; nothing but map operations happens under the lock.
 */
final class ObjectStore {

  /**
   * Where an object is; sorts by namespace, then name.
   *
   * @param namespace empty for kinds without one
   * @param name the object's name
   */
  record Key(String namespace, String name) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byNamespace = namespace.compareTo(other.namespace);
      return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    static Key of(ObjectNode object) {
      return new Key(Json.namespace(object), Json.name(object));
    }
  }

  /**
   * Objects of a kind at one moment.
   *
   * @param version the store's version at that moment
   * @param objects sorted by key
   */
  record Listing(long version, List<ObjectNode> objects) {}

  /** What a watch gets first. */
  enum Start {
    /** All objects there are, then every change. */
    OBJECTS,
    /** Every change after a version. */
    CHANGES
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, NavigableMap<Key, ObjectNode>> tables = new HashMap<>();
  private final Deque<Change> history = new ArrayDeque<>();
  private final List<Consumer<Change>> watches = new CopyOnWriteArrayList<>();
  private final int historyLimit;
  private long version;
  private long forgotten;

  ObjectStore(int historyLimit) {
    this.historyLimit = historyLimit;
  }

  Optional<ObjectNode> get(ResourceType type, Key key) {
    return locked(() -> Optional.ofNullable(table(type).get(key)));
  }

  /** All objects of a kind in a namespace, or in all of them where it is empty. */
  Listing list(ResourceType type, String namespace) {
    return locked(() -> new Listing(version, objects(type, namespace)));
  }

  long version() {
    return locked(() -> version);
  }

  /** The last version that watches can no longer start after, because what came next is lost. */
  long forgotten() {
    return locked(() -> forgotten);
  }

  /** Adds an object; false where its place is taken. */
  boolean add(ResourceType type, ObjectNode object) {
    return locked(() -> table(type).containsKey(Key.of(object)) ? false : put(type, object, null));
  }

  /** Puts an object in another one's place; false where that is no longer there. */
  boolean swap(ResourceType type, ObjectNode expected, ObjectNode next) {
    return locked(() -> current(type, expected) && put(type, next, expected));
  }

  /** Takes an object away; false where it is no longer there. */
  boolean remove(ResourceType type, ObjectNode expected) {
    return locked(
        () -> {
          if (!current(type, expected)) {
            return false;
          }
          table(type).remove(Key.of(expected));
          ObjectNode last = expected.deepCopy();
          Json.metadata(last).put("resourceVersion", Long.toString(++version));
          publish(new Change(version, type, last, expected, true));
          return true;
        });
  }

  /**
   * Starts a watch. The consumer gets everything in order, under the store's lock: it must only put
   * it aside.
   *
   * @return what {@link #end} takes
   * @throws ApiError where the history no longer reaches back that far
   */
  Consumer<Change> watch(ResourceType type, Start start, long after, Consumer<Change> consumer) {
    return locked(
        () -> {
          replay(type, start, after, consumer);
          Consumer<Change> watch =
              change -> {
                if (change.type().qualified().equals(type.qualified())) {
                  consumer.accept(change);
                }
              };
          watches.add(watch);
          return watch;
        });
  }

  void end(Consumer<Change> watch) {
    watches.remove(watch);
  }

  /** Runs an action between two changes, with the version of that moment. */
  void between(Consumer<Long> action) {
    locked(
        () -> {
          action.accept(version);
          return true;
        });
  }

  /** Whether nobody has written since this very object was read. */
  @SuppressWarnings("ReferenceEquality")
  private boolean current(ResourceType type, ObjectNode expected) {
    return table(type).get(Key.of(expected)) == expected;
  }

  private void replay(ResourceType type, Start start, long after, Consumer<Change> consumer) {
    if (start == Start.OBJECTS) {
      for (ObjectNode object : objects(type, "")) {
        consumer.accept(
            new Change(Long.parseLong(Json.version(object)), type, object, null, false));
      }
      return;
    }
    if (after < forgotten) {
      throw ApiError.expired("too old resource version: " + after + " (" + forgotten + ")");
    }
    for (Change change : history) {
      if (change.version() > after && change.type().qualified().equals(type.qualified())) {
        consumer.accept(change);
      }
    }
  }

  private boolean put(ResourceType type, ObjectNode object, @Nullable ObjectNode previous) {
    Json.metadata(object).put("resourceVersion", Long.toString(++version));
    table(type).put(Key.of(object), object);
    publish(new Change(version, type, object, previous, false));
    return true;
  }

  private void publish(Change change) {
    history.addLast(change);
    if (history.size() > historyLimit) {
      forgotten = history.removeFirst().version();
    }
    watches.forEach(watch -> watch.accept(change));
  }

  private List<ObjectNode> objects(ResourceType type, String namespace) {
    NavigableMap<Key, ObjectNode> table = table(type);
    if (namespace.isEmpty()) {
      return new ArrayList<>(table.values());
    }
    return new ArrayList<>(
        table.subMap(new Key(namespace, ""), new Key(namespace + "\0", "")).values());
  }

  private NavigableMap<Key, ObjectNode> table(ResourceType type) {
    return tables.computeIfAbsent(type.qualified(), t -> new TreeMap<>());
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
