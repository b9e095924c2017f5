package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One watch on its way to its client. Events are put aside in order by whoever writes to the store
 * and sent by a thread of the pool, one at a time; a client that falls too far behind is cut off.
 */
final class WatchStream {

  private static final int BACKLOG = 10_000;
  private static final int BATCH = 64;

  private final ApiRequest request;
  private final Target target;
  private final Predicate<ObjectNode> selection;
  private final Answers answers;
  private final KubernetesExchange.Channel channel;
  private final Executor executor;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Item> backlog = new ArrayDeque<>();
  private boolean sending;
  private boolean closed;
  private boolean first = true;

  /** What waits to be sent: a change, or a bookmark at a version where there is none. */
  private record Item(@Nullable Change change, long version, boolean end) {}

  WatchStream(
      ApiRequest request,
      Target target,
      Answers answers,
      KubernetesExchange.Channel channel,
      Executor executor) {
    this.request = request;
    this.target = target;
    this.selection = Selection.of(target, request);
    this.answers = answers;
    this.channel = channel;
    this.executor = executor;
  }

  void change(Change change) {
    offer(new Item(change, change.version(), false));
  }

  /** Tells the client how far it is; {@code initialEnd} after all objects that there were. */
  void bookmark(long version, boolean initialEnd) {
    offer(new Item(null, version, initialEnd));
  }

  void error(ApiError error) {
    channel.write(line("ERROR", error.status()));
    close();
  }

  /** Sends nothing more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      backlog.clear();
    } finally {
      lock.unlock();
    }
    channel.close();
  }

  private void offer(Item item) {
    boolean start;
    boolean overflow;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      overflow = backlog.size() >= BACKLOG;
      closed |= overflow;
      backlog.addLast(item);
      start = !sending;
      sending = true;
    } finally {
      lock.unlock();
    }
    if (start || overflow) {
      schedule(overflow ? channel::close : this::send);
    }
  }

  private void schedule(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // the whole API is closing, and this channel with it
    }
  }

  private void send() {
    while (true) {
      ByteArrayOutputStream batch = new ByteArrayOutputStream();
      for (int i = 0; i < BATCH; i++) {
        Item item = next();
        if (item == null) {
          break;
        }
        batch.writeBytes(encode(item));
      }
      if (batch.size() > 0) {
        channel.write(batch.toByteArray());
      }
      if (idle()) {
        return;
      }
    }
  }

  private @Nullable Item next() {
    lock.lock();
    try {
      return closed ? null : backlog.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  private boolean idle() {
    lock.lock();
    try {
      if (backlog.isEmpty() || closed) {
        sending = false;
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private byte[] encode(Item item) {
    Change change = item.change;
    if (change == null) {
      return bookmark(item);
    }
    ObjectNode previous = change.previous();
    boolean matched = previous != null && selection.test(previous);
    boolean matches = !change.deleted() && selection.test(change.object());
    if (!matched && !matches) {
      return new byte[0];
    }
    String type = matches ? (matched ? "MODIFIED" : "ADDED") : "DELETED";
    ObjectNode object = answers.event(request, target, change.object(), first);
    first = false;
    return line(type, object);
  }

  private byte[] bookmark(Item item) {
    ObjectNode object = Json.object();
    object.put("kind", target.type().kind()).put("apiVersion", target.apiVersion());
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(item.version)).putNull("creationTimestamp");
    if (item.end) {
      metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    }
    if (ResponseForm.of(request).shape() == ResponseForm.Shape.TABLE) {
      ObjectNode table = answers.event(request, target, object, first);
      Json.metadata(table).put("resourceVersion", Long.toString(item.version));
      first = false;
      return line("BOOKMARK", table);
    }
    return line("BOOKMARK", object);
  }

  private static byte[] line(String type, ObjectNode object) {
    ObjectNode event = Json.object().put("type", type);
    event.set("object", object);
    byte[] json = Json.bytes(event, false);
    byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }
}
