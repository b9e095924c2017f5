package io.machineid.testkit.internal.state;

import io.machineid.testkit.RecordedConnection;
import io.machineid.testkit.RecordedRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Remembers the latest connections and requests. Thread-safe. */
public final class Recorder {

  private static final int KEPT = 10_000;

  private final InstantSource clock;
  private final Consumer<RecordedRequest> listener;
  private final AtomicInteger connectionNumbers = new AtomicInteger();
  private final Kept<RecordedConnection> connections = new Kept<>();
  private final Kept<RecordedRequest> requests = new Kept<>();

  /**
   * With the time of the cluster.
   *
   * @param listener told of each request
   */
  public Recorder(InstantSource clock, Consumer<RecordedRequest> listener) {
    this.clock = clock;
    this.listener = listener;
  }

  /** The number of a new connection. */
  public int nextConnection() {
    return connectionNumbers.incrementAndGet();
  }

  /** A handshake is done. */
  public void opened(Connection connection) {
    connections.add(
        new RecordedConnection(
            connection.number(),
            connection.service().name(),
            connection.serverName(),
            connection.offered(),
            connection.protocol(),
            connection.user(),
            connection.certificate(),
            clock.instant()));
  }

  /**
   * A request is answered.
   *
   * @param arrived when it came
   */
  public void answered(
      Connection connection, String method, String path, String status, Instant arrived) {
    answered(connection, new Asked(method, path, false, arrived), status);
  }

  /**
   * What was asked.
   *
   * @param method the HTTP method
   * @param path without query
   * @param watch whether Kubernetes is asked for a watch
   * @param arrived when it came
   */
  public record Asked(String method, String path, boolean watch, Instant arrived) {}

  /** A request is answered. */
  public void answered(Connection connection, Asked asked, String status) {
    RecordedRequest request =
        new RecordedRequest(
            connection.number(),
            connection.service().name(),
            connection.serverName(),
            connection.protocol(),
            connection.user(),
            connection.certificate(),
            asked.method(),
            asked.path(),
            asked.watch(),
            status,
            asked.arrived(),
            clock.instant());
    requests.add(request);
    listener.accept(request);
  }

  /** The connections, oldest first. */
  public List<RecordedConnection> connections() {
    return connections.all();
  }

  /** The requests, oldest first. */
  public List<RecordedRequest> requests() {
    return requests.all();
  }

  private static final class Kept<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<T> items = new ArrayDeque<>();

    void add(T item) {
      lock.lock();
      try {
        if (items.size() == KEPT) {
          items.removeFirst();
        }
        items.addLast(item);
      } finally {
        lock.unlock();
      }
    }

    List<T> all() {
      lock.lock();
      try {
        return new ArrayList<>(items);
      } finally {
        lock.unlock();
      }
    }
  }

  /** The cluster's time. */
  public Instant now() {
    return clock.instant();
  }
}
