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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Everything that a cluster signs with, and what its servers show. Keys are made in the background;
 * who needs one that is not there yet waits. Thread-safe.
 */
public final class Authorities {

  private static final Period LIFE = Period.ofYears(10);
  private static final Duration BACKDATED = Duration.ofMinutes(1);

  private final String clusterName;
  private final String publicHost;
  private final SignatureSuite suite;
  private final String hostId = UUID.randomUUID().toString();
  private final InstantSource clock;
  private final Validity validity;
  private final Map<AuthorityType, CompletableFuture<RotatingAuthority>> authorities =
      new ConcurrentHashMap<>();
  private final ServerCertificates certificates;
  private final WebAuthority web;
  private final ReentrantLock rotating = new ReentrantLock();
  private volatile HostServers servers;

  /**
   * Makes new ones, of the suite {@code legacy}.
   *
   * @param clusterName the name of all authorities
   * @param publicHost what the proxy is called outside
   * @param clock the cluster's time
   */
  public Authorities(String clusterName, String publicHost, InstantSource clock) {
    this(clusterName, publicHost, SignatureSuite.LEGACY, clock);
  }

  /**
   * Makes new ones.
   *
   * @param clusterName the name of all authorities
   * @param publicHost what the proxy is called outside
   * @param suite which kinds of keys they have
   * @param clock the cluster's time
   */
  public Authorities(
      String clusterName, String publicHost, SignatureSuite suite, InstantSource clock) {
    this.clusterName = clusterName;
    this.suite = suite;
    this.publicHost = publicHost;
    this.clock = clock;
    this.validity = validity(clock.instant(), Instant.now());
    authorities.put(AuthorityType.HOST, begin(AuthorityType.HOST));
    authorities.put(AuthorityType.USER, begin(AuthorityType.USER));
    web = WebAuthority.create(publicHost, validity);
    certificates = new ServerCertificates(clusterName, hostId, validity);
    servers = HostServers.signedBy(get(AuthorityType.HOST), certificates, publicHost);
  }

  private CompletableFuture<RotatingAuthority> begin(AuthorityType type) {
    return make(type).thenApply(RotatingAuthority::neverRotated);
  }

  private CompletableFuture<CertificateAuthority> make(AuthorityType type) {
    return CompletableFuture.supplyAsync(
        () -> CertificateAuthority.create(type, suite, clusterName, validity, Authorities::start),
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
    return state(type).active();
  }

  /** All of a type that are trusted, the one that signs first. */
  public List<CertificateAuthority> trusted(AuthorityType type) {
    return state(type).trusted();
  }

  /** The authority of a type as it is now. */
  public RotatingAuthority state(AuthorityType type) {
    return authorities.computeIfAbsent(type, this::begin).join();
  }

  /** What the cluster's own servers show. */
  public HostServers servers() {
    return servers;
  }

  /**
   * Takes one step of an authority's rotation.
   *
   * @throws IllegalStateException where that step does not follow
   */
  public void rotate(AuthorityType type, RotationPhase to) {
    rotating.lock();
    try {
      RotatingAuthority next = state(type).next(to, clock.instant(), () -> make(type).join());
      authorities.put(type, CompletableFuture.completedFuture(next));
      boolean serversFollow = to == RotationPhase.UPDATE_SERVERS || to == RotationPhase.ROLLBACK;
      if (type == AuthorityType.HOST && serversFollow && servers.signer() != next.active()) {
        servers = HostServers.signedBy(next.active(), certificates, publicHost);
      }
    } finally {
      rotating.unlock();
    }
  }

  /** The authority of the public name. */
  public WebAuthority web() {
    return web;
  }
}
