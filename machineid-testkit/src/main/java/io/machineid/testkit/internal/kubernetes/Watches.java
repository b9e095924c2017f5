package io.machineid.testkit.internal.kubernetes;

import io.machineid.testkit.internal.kubernetes.ObjectStore.Start;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** All watches that are open, with the threads that serve them. */
final class Watches implements AutoCloseable {

  private static final long LONGEST_SECONDS = 3_600;

  private final ObjectStore store;
  private final Answers answers;
  private final Duration bookmarkInterval;
  private final Set<WatchStream> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService senders = Executors.newCachedThreadPool(threads("sender"));
  private final ScheduledExecutorService timer = timer();

  Watches(ObjectStore store, Answers answers, Duration bookmarkInterval) {
    this.store = store;
    this.answers = answers;
    this.bookmarkInterval = bookmarkInterval;
  }

  /** Answers a watch: the head now, events as they come. */
  void answer(ApiRequest request, Target target) {
    ResponseForm form = ResponseForm.of(request);
    Selection.of(target, request);
    long seconds = request.number("timeoutSeconds", LONGEST_SECONDS);
    long version = request.number("resourceVersion", 0);
    KubernetesExchange.Channel channel =
        request.exchange().stream(200, Answers.headers(form.contentType()));
    WatchStream stream = new WatchStream(request, target, answers, channel, senders);
    open.add(stream);
    try {
      start(request, target, stream, version, Math.min(seconds, LONGEST_SECONDS), channel);
    } catch (ApiError e) {
      open.remove(stream);
      stream.error(e);
    }
  }

  private void start(
      ApiRequest request,
      Target target,
      WatchStream stream,
      long version,
      long seconds,
      KubernetesExchange.Channel channel) {
    boolean initial = request.flag("sendInitialEvents");
    boolean bookmarks = request.flag("allowWatchBookmarks");
    Start start = version == 0 || initial ? Start.OBJECTS : Start.CHANGES;
    Consumer<Change> watch = store.watch(target.type(), start, version, stream::change);
    if (initial && bookmarks) {
      store.between(now -> stream.bookmark(now, true));
    }
    Future<?> marks = bookmarks ? marks(stream) : timer.schedule(() -> {}, 0, TimeUnit.SECONDS);
    Future<?> end = timer.schedule(stream::close, Math.max(seconds, 1), TimeUnit.SECONDS);
    channel.onClose(
        () -> {
          store.end(watch);
          marks.cancel(false);
          end.cancel(false);
          open.remove(stream);
        });
  }

  private Future<?> marks(WatchStream stream) {
    long millis = bookmarkInterval.toMillis();
    return timer.scheduleAtFixedRate(
        () -> store.between(version -> stream.bookmark(version, false)),
        millis,
        millis,
        TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    open.forEach(WatchStream::close);
    senders.shutdownNow();
  }

  private static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads("timer"));
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ThreadFactory threads(String purpose) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      String name = "machineid-kubernetes-" + purpose + "-" + count.incrementAndGet();
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
