package io.machineid.testkit.internal.pki;

import io.machineid.testkit.RotationPhase;
import io.machineid.testkit.internal.pki.CertificateWriter.Validity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Everything that a cluster signs with, and what its servers show. Keys are made in the background;
 * who needs one that is not there yet waits. Thread-safe.
 */
public final class Authorities {

  private static final Period LIFE = Period.ofYears(10);
  private static final Duration BACKDATED = Duration.ofMinutes(1);

  private final String clusterName;
  private final String hostId = UUID.randomUUID().toString();
  private final Validity validity;
  private final Map<AuthorityType, CompletableFuture<CertificateAuthority>> authorities =
      new ConcurrentHashMap<>();
  private final AtomicReference<HostAuthority> host;
  private final HostAuthority.Maker maker;
  private final WebAuthority web;

  /**
   * Makes new ones.
   *
   * @param clusterName the name of all authorities
   * @param publicHost what the proxy is called outside
   * @param clock the cluster's time
   */
  public Authorities(String clusterName, String publicHost, InstantSource clock) {
    this.clusterName = clusterName;
    this.validity = validity(clock.instant(), Instant.now());
    CompletableFuture<CertificateAuthority> first = make(AuthorityType.HOST);
    authorities.put(AuthorityType.USER, make(AuthorityType.USER));
    web = WebAuthority.create(publicHost, validity);
    maker = new HostMaker(new ServerCertificates(clusterName, hostId, validity), publicHost, clock);
    CertificateAuthority signer = first.join();
    host =
        new AtomicReference<>(
            new HostAuthority(
                RotationPhase.STANDBY, Instant.EPOCH, signer, List.of(), maker.servers(signer)));
  }

  private final class HostMaker implements HostAuthority.Maker {

    private final ServerCertificates certificates;
    private final String publicHost;
    private final InstantSource clock;

    HostMaker(ServerCertificates certificates, String publicHost, InstantSource clock) {
      this.certificates = certificates;
      this.publicHost = publicHost;
      this.clock = clock;
    }

    @Override
    public CertificateAuthority newAuthority() {
      return make(AuthorityType.HOST).join();
    }

    @Override
    public HostAuthority.Servers servers(CertificateAuthority signer) {
      return new HostAuthority.Servers(
          signer, certificates.auth(signer), certificates.proxy(signer, publicHost));
    }

    @Override
    public Instant now() {
      return clock.instant();
    }
  }

  private CompletableFuture<CertificateAuthority> make(AuthorityType type) {
    return CompletableFuture.supplyAsync(
        () -> CertificateAuthority.create(type, clusterName, validity, Authorities::start),
        Authorities::start);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "machineid-testkit-keys");
    thread.setDaemon(true);
    thread.start();
  }

  /** Good by the cluster's clock and by the machine's, however far apart they are. */
  private static Validity validity(Instant cluster, Instant machine) {
    Instant first = cluster.isBefore(machine) ? cluster : machine;
    Instant last = cluster.isBefore(machine) ? machine : cluster;
    return new Validity(
        first.minus(BACKDATED), last.atOffset(ZoneOffset.UTC).plus(LIFE).toInstant());
  }

  /** The name of the cluster. */
  public String clusterName() {
    return clusterName;
  }

  /** The id of the machine that the cluster is said to run on. */
  public String hostId() {
    return hostId;
  }

  /** The one of a type that signs. */
  public CertificateAuthority get(AuthorityType type) {
    return type == AuthorityType.HOST
        ? host().active()
        : authorities.computeIfAbsent(type, this::make).join();
  }

  /** All of a type that clients are to trust, the one that signs first. */
  public List<CertificateAuthority> trusted(AuthorityType type) {
    return Stream.concat(Stream.of(get(type)), additional(type).stream()).toList();
  }

  /** Those of a type that clients are to trust beside the one that signs. */
  public List<CertificateAuthority> additional(AuthorityType type) {
    return type == AuthorityType.HOST ? host().additional() : List.of();
  }

  /** The host authority as it is now. */
  public HostAuthority host() {
    return Objects.requireNonNull(host.get());
  }

  /**
   * Takes one step of the host authority's rotation.
   *
   * @throws IllegalStateException where that step does not follow
   */
  public void rotateHost(RotationPhase to) {
    HostAuthority before = host();
    if (!host.compareAndSet(before, before.next(to, maker))) {
      throw new IllegalStateException("somebody else rotates at the same time");
    }
  }

  /** The authority of the public name. */
  public WebAuthority web() {
    return web;
  }
}
