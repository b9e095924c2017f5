package io.machineid.testkit.internal.pki;

import io.machineid.testkit.RotationPhase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * An authority in one phase of its rotation. Immutable.
 *
 * @param phase the phase
 * @param since when the rotation began, or the last one ended; the epoch where there was none
 * @param active who signs, and is trusted
 * @param additional who is trusted beside the one that signs
 */
public record RotatingAuthority(
    RotationPhase phase,
    Instant since,
    CertificateAuthority active,
    List<CertificateAuthority> additional) {

  private static final Map<RotationPhase, Set<RotationPhase>> NEXT =
      Map.of(
          RotationPhase.STANDBY, Set.of(RotationPhase.INIT),
          RotationPhase.INIT, Set.of(RotationPhase.UPDATE_CLIENTS, RotationPhase.ROLLBACK),
          RotationPhase.UPDATE_CLIENTS,
              Set.of(RotationPhase.UPDATE_SERVERS, RotationPhase.ROLLBACK),
          RotationPhase.UPDATE_SERVERS, Set.of(RotationPhase.STANDBY, RotationPhase.ROLLBACK),
          RotationPhase.ROLLBACK, Set.of(RotationPhase.STANDBY));

  /** Copies. */
  public RotatingAuthority {
    additional = List.copyOf(additional);
  }

  static RotatingAuthority neverRotated(CertificateAuthority only) {
    return new RotatingAuthority(RotationPhase.STANDBY, Instant.EPOCH, only, List.of());
  }

  /** All that are trusted, the one that signs first. */
  public List<CertificateAuthority> trusted() {
    return Stream.concat(Stream.of(active), additional.stream()).toList();
  }

  /** Whether there is or was a rotation. */
  public boolean rotatedEver() {
    return !since.equals(Instant.EPOCH);
  }

  /**
   * One step on.
   *
   * @param now the time
   * @param maker makes the new authority, in the first step
   * @throws IllegalStateException where that step does not follow
   */
  RotatingAuthority next(RotationPhase to, Instant now, Supplier<CertificateAuthority> maker) {
    if (!Objects.requireNonNull(NEXT.get(phase)).contains(to)) {
      throw new IllegalStateException("no rotation goes from " + phase + " to " + to);
    }
    return switch (to) {
      case INIT -> new RotatingAuthority(to, now, active, List.of(maker.get()));
      case UPDATE_CLIENTS -> swapped(to);
      case UPDATE_SERVERS -> new RotatingAuthority(to, since, active, additional);
      case ROLLBACK ->
          phase == RotationPhase.INIT
              ? new RotatingAuthority(to, since, active, additional)
              : swapped(to);
      case STANDBY -> new RotatingAuthority(to, now, active, List.of());
    };
  }

  /** The old one and the young one change places. */
  private RotatingAuthority swapped(RotationPhase to) {
    return new RotatingAuthority(to, since, additional.get(0), List.of(active));
  }
}
