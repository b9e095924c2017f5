package io.machineid.testkit.internal.kubernetes;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** The latest requests, without locks. */
final class RequestLog {

  private static final int LIMIT = 10_000;

  private final ConcurrentLinkedDeque<SeenRequest> requests = new ConcurrentLinkedDeque<>();
  private final AtomicInteger size = new AtomicInteger();

  void add(SeenRequest request) {
    requests.addLast(request);
    if (size.incrementAndGet() > LIMIT && requests.pollFirst() != null) {
      size.decrementAndGet();
    }
  }

  List<SeenRequest> snapshot() {
    return List.copyOf(requests);
  }
}
