package io.machineid.kubernetes;

import java.util.stream.Stream;

/**
 * What a fleet has in use, in a process that does nothing else.
 *
 * @param threads all but those that a Java process has anyway
 * @param sockets zero where the system does not tell
 * @param heapBytes after a collection
 */
record FleetCost(long threads, long sockets, long heapBytes) {

  static FleetCost now() {
    return new FleetCost(
        Thread.getAllStackTraces().size(), Footprint.openSockets(), Footprint.usedHeap());
  }

  FleetCost since(FleetCost earlier) {
    return new FleetCost(
        threads - earlier.threads, sockets - earlier.sockets, heapBytes - earlier.heapBytes);
  }

  /** How many threads of JDK clients there are: each has one. */
  static long httpClients() {
    return threadNames().filter(name -> name.endsWith("-SelectorManager")).count();
  }

  /** How many threads of our pools there are: they end some seconds after their work. */
  static long workers() {
    return threadNames()
        .filter(name -> name.startsWith("machineid-"))
        .filter(name -> !name.startsWith("machineid-scheduler"))
        .count();
  }

  private static Stream<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
  }

  /** For {@link #parse}. */
  @Override
  public String toString() {
    return threads + " " + sockets + " " + heapBytes;
  }

  static FleetCost parse(String text) {
    String[] parts = text.split(" ");
    return new FleetCost(
        Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  String heap() {
    return "%.1f MB".formatted(heapBytes / 1e6);
  }
}
