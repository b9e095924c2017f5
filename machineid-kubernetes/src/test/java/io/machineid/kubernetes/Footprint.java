package io.machineid.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process has in use.
 *
 * @param threads without those of our pool, which come and go with the load
 * @param sockets zero where the system does not tell
 * @param heapBytes after a collection
 */
record Footprint(List<String> threads, long sockets, long heapBytes) {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final String POOL = "machineid-kubernetes-";

  static Footprint now() {
    return new Footprint(
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> !name.startsWith(POOL))
            .sorted()
            .toList(),
        openSockets(),
        usedHeap());
  }

  /** The least of both, of each thing. */
  Footprint least(Footprint other) {
    return new Footprint(
        other.threads.size() < threads.size() ? other.threads : threads,
        Math.min(sockets, other.sockets),
        Math.min(heapBytes, other.heapBytes));
  }

  static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  static long openSockets() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.filter(Footprint::isSocket).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "%d threads, %d sockets, %d MB of heap"
        .formatted(threads.size(), sockets, heapBytes >> 20);
  }
}
