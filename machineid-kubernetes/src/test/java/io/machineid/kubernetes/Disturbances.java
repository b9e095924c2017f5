package io.machineid.kubernetes;

import io.machineid.MachineIdException;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which clients had connections taken from them, and when. A request that was under way then may
 * fail for that, since nobody sends a request twice; for nothing else.
 */
final class Disturbances {

  /** How long it may take until a client has noticed everywhere. */
  private static final Duration AFTERMATH = Duration.ofSeconds(2);

  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private final Map<String, Long> latest = new ConcurrentHashMap<>();

  /** A client is about to lose a connection, or all. */
  void of(String namespace) {
    counts.computeIfAbsent(namespace, name -> new AtomicLong()).incrementAndGet();
    latest.put(namespace, System.nanoTime());
  }

  long count(String namespace) {
    AtomicLong count = counts.get(namespace);
    return count == null ? 0 : count.get();
  }

  /** Whether a request that began at a time has failed because its connection was taken away. */
  boolean explain(String namespace, long began, Throwable failure) {
    Long last = latest.get(namespace);
    return last != null && began - last < AFTERMATH.toNanos() && isConnectionLoss(failure);
  }

  private static boolean isConnectionLoss(Throwable failure) {
    boolean io = false;
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof MachineIdException
          || at instanceof CertificateException
          || at instanceof HttpTimeoutException
          || String.valueOf(at.getMessage()).contains("certificate")) {
        return false;
      }
      io |= at instanceof IOException;
    }
    return io;
  }
}
