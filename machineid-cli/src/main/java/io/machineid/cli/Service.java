package io.machineid.cli;

import io.machineid.ServiceHealth;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

  private final String type;
  private final String name;
  private final InstantSource clock;
  private Instant validUntil = Instant.EPOCH;
  private Instant updatedAt;
  private String failure = "";
  private long done;
  private long failed;

  Service(String type, String name, InstantSource clock) {
    this.type = type;
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
    reason(status).ifPresent(reason -> report.put("reason", reason));
    report.put("updated_at", updatedAt);
    return report;
  }

  /** For the cluster, which has no word for what failed and still works. */
  synchronized ServiceHealth health() {
    Status status = status();
    ServiceHealth.Status told =
        switch (status) {
          case INITIALIZING -> ServiceHealth.Status.INITIALIZING;
          case HEALTHY -> ServiceHealth.Status.HEALTHY;
          case DEGRADED, UNHEALTHY -> ServiceHealth.Status.UNHEALTHY;
        };
    return new ServiceHealth(type, name, told, reason(status), updatedAt);
  }

  private Optional<String> reason(Status status) {
    if (!failure.isEmpty()) {
      return Optional.of(failure);
    }
    return status == Status.UNHEALTHY ? Optional.of("ended at " + validUntil) : Optional.empty();
  }
}
