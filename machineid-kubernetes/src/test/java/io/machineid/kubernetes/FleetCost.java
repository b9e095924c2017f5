package io.machineid.kubernetes;

import io.machineid.testkit.RecordedRequest;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a fleet costs the process. The fake cluster lives in the same process: its threads are left
 * out by name, of the sockets half are its own, and its heap is in the heap.
 *
 * @param threads ours, gRPC's and those of the JDK's clients
 * @param selectors threads of the JDK's clients alone
 * @param idleWorkers those of our pools
 * @param sockets of both ends
 * @param heapBytes after a collection
 */
record FleetCost(int threads, int selectors, int idleWorkers, long sockets, long heapBytes) {

  static final String HEADER =
      """
      | clusters | round trips to open | heap, opened | heap, all asked | threads, opened | threads, all asked | threads, at most | sockets, opened | sockets, all asked |
      |---|---|---|---|---|---|---|---|---|""";

  static FleetCost now() {
    Footprint process = Footprint.now();
    return new FleetCost(
        running(),
        (int) named("HttpClient-").count(),
        (int) named("machineid-kubernetes-", "machineid-worker-").count(),
        process.sockets(),
        process.heapBytes());
  }

  /** How many threads there are that are not the fake's or the test's. */
  static int running() {
    return (int) named("machineid-", "HttpClient-", "grpc-", "OkHttp").count();
  }

  private static Stream<String> named(String... prefixes) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> Stream.of(prefixes).anyMatch(name::startsWith));
  }

  /** One row of the table. */
  static String row(
      int clusters,
      FleetCost before,
      FleetCost opened,
      FleetCost asked,
      int peak,
      List<RecordedRequest> requests) {
    long trips =
        requests.stream()
            .takeWhile(request -> !request.service().equals("KUBERNETES"))
            .filter(request -> !request.service().equals("WEB"))
            .count();
    return "| %d | %d | %.1f MB | %.1f MB | %d | %d | %d | %d | %d |"
        .formatted(
            clusters,
            trips,
            megabytes(opened, before),
            megabytes(asked, before),
            opened.threads,
            asked.threads,
            peak,
            opened.sockets / 2,
            asked.sockets / 2);
  }

  private static double megabytes(FleetCost now, FleetCost before) {
    return (now.heapBytes - before.heapBytes) / 1e6;
  }
}
