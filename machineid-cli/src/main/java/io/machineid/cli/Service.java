package io.machineid.cli;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One thing that is kept valid, as diagnostics show it. What failed keeps working with what it has
 * until that ends, and counts as ready so long. Thread-safe.
 */
final class Service {

  enum Status {
    /** Has not come to anything yet. */
    INITIALIZING,
    HEALTHY,
    /** The last try failed, but what there is is still valid. */
    DEGRADED,
    /** There is nothing that is valid. */
    UNHEALTHY;

    boolean ready() {
      return this == HEALTHY || this == DEGRADED;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String name;
  private final InstantSource clock;
  private Instant validUntil = Instant.EPOCH;
  private Instant updatedAt;
  private String failure = "";
  private long done;
  private long failed;

  Service(String name, InstantSource clock) {
    this.name = name;
    this.clock = clock;
    this.updatedAt = clock.instant();
  }

  String name() {
    return name;
  }

  /** It is as it should be, and valid until then. */
  synchronized void done(Instant until) {
    validUntil = until;
    failure = "";
    updatedAt = clock.instant();
    done++;
  }

  /** A try failed, for this reason. */
  synchronized void failed(String reason) {
    failure = reason;
    updatedAt = clock.instant();
    failed++;
  }

  /** A try failed, and what there is is of no use any more. */
  synchronized void lost(String reason) {
    validUntil = Instant.EPOCH;
    failed(reason);
  }

  synchronized Status status() {
    if (done + failed == 0) {
      return Status.INITIALIZING;
    }
    if (!clock.instant().isBefore(validUntil)) {
      return Status.UNHEALTHY;
    }
    return failure.isEmpty() ? Status.HEALTHY : Status.DEGRADED;
  }

  synchronized Instant validUntil() {
    return validUntil;
  }

  synchronized long doneCount() {
    return done;
  }

  synchronized long failedCount() {
    return failed;
  }

  /** For people and programs; holds no secrets. */
  synchronized Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    Status status = status();
    report.put("status", status.toString());
    if (!failure.isEmpty()) {
      report.put("reason", failure);
    } else if (status == Status.UNHEALTHY) {
      report.put("reason", "ended at " + validUntil);
    }
    report.put("updated_at", updatedAt);
    return report;
  }
}
