package io.machineid.testkit.internal.pki;

import io.machineid.testkit.RotationPhase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The host authority in one phase of its rotation, and what the cluster's servers show in it.
 * Immutable.
 *
 * @param phase the phase
 * @param since when the rotation began, or the last one ended; the epoch where there was none
 * @param active who signs, and who is trusted beside that
 * @param additional who is trusted beside the one that signs
 * @param servers what servers show
 */
public record HostAuthority(
    RotationPhase phase,
    Instant since,
    CertificateAuthority active,
    List<CertificateAuthority> additional,
    Servers servers) {

  private static final Map<RotationPhase, Set<RotationPhase>> NEXT =
      Map.of(
          RotationPhase.STANDBY, Set.of(RotationPhase.INIT),
          RotationPhase.INIT, Set.of(RotationPhase.UPDATE_CLIENTS, RotationPhase.ROLLBACK),
          RotationPhase.UPDATE_CLIENTS,
              Set.of(RotationPhase.UPDATE_SERVERS, RotationPhase.ROLLBACK),
          RotationPhase.UPDATE_SERVERS, Set.of(RotationPhase.STANDBY, RotationPhase.ROLLBACK),
          RotationPhase.ROLLBACK, Set.of(RotationPhase.STANDBY));

  /** Copies. */
  public HostAuthority {
    additional = List.copyOf(additional);
  }

  /**
   * What the cluster's own servers show.
   *
   * @param signer who signed it
   * @param auth the auth service
   * @param proxy the proxy, for names inside the cluster
   */
  public record Servers(CertificateAuthority signer, ServerIdentity auth, ServerIdentity proxy) {}

  /** Whether there is or was a rotation. */
  public boolean rotatedEver() {
    return !since.equals(Instant.EPOCH);
  }

  /** What is needed to go on. */
  interface Maker {

    CertificateAuthority newAuthority();

    Servers servers(CertificateAuthority signer);

    Instant now();
  }

  HostAuthority next(RotationPhase to, Maker maker) {
    if (!Objects.requireNonNull(NEXT.get(phase)).contains(to)) {
      throw new IllegalStateException("no rotation goes from " + phase + " to " + to);
    }
    return switch (to) {
      case INIT ->
          new HostAuthority(to, maker.now(), active, List.of(maker.newAuthority()), servers);
      case UPDATE_CLIENTS ->
          new HostAuthority(to, since, additional.get(0), List.of(active), servers);
      case UPDATE_SERVERS ->
          new HostAuthority(to, since, active, additional, maker.servers(active));
      case ROLLBACK -> rolledBack(maker);
      case STANDBY -> new HostAuthority(to, maker.now(), active, List.of(), servers);
    };
  }

  private HostAuthority rolledBack(Maker maker) {
    boolean swapped = phase != RotationPhase.INIT;
    CertificateAuthority old = swapped ? additional.get(0) : active;
    CertificateAuthority young = swapped ? active : additional.get(0);
    return new HostAuthority(
        RotationPhase.ROLLBACK,
        since,
        old,
        List.of(young),
        servers.signer() == old ? servers : maker.servers(old));
  }
}
