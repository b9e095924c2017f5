package io.machineid.internal.lifecycle;

import io.machineid.CertificateAuthorities;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.AuthClient.Order;
import io.machineid.internal.auth.IssuedCertificates;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.pki.TeleportSubject;
import io.machineid.internal.transport.AuthRoute;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What one identity does while it is the newest: its connection to the auth service, and the
 * answers that are asked for once and serve all credentials (the cluster's authorities, the roles
 * that the bot may ask for).
 */
final class Session implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final Duration ROLES_SERVE = Duration.ofSeconds(5);

  private final Entrance.Entered entered;
  private final ServerTime time;
  private final AuthClient client;
  private final Viewers viewers;
  private final Asked<CertificateAuthorities> authorities;
  private final Asked<List<String>> grantedRoles;
  private final Executor workers;
  private final KeySupply keys;
  private final Map<List<String>, Listing> listings = new HashMap<>();
  private Instant rolesAsked = Instant.EPOCH;

  /** What some roles see, and when that was asked for. */
  private record Listing(Instant begun, Asked<List<KubernetesCluster>> answer) {}

  Session(
      Entrance.Entered entered,
      AuthRoute route,
      ServerTime time,
      Executor workers,
      KeySupply keys) {
    this.entered = entered;
    this.time = time;
    this.client = Entrance.client(route, entered.identity());
    this.workers = workers;
    this.keys = keys;
    this.viewers = new Viewers(route);
    this.authorities = new Asked<>(client::certificateAuthorities, workers);
    String role = entered.identity().subject().user();
    this.grantedRoles = new Asked<>(() -> client.impersonatedRoles(role), workers);
  }

  Identity identity() {
    return entered.identity();
  }

  KeyAlgorithm algorithm() {
    return entered.algorithm();
  }

  AuthClient client() {
    return client;
  }

  /** The authorities, asked for once; a failed answer is asked for again. */
  CertificateAuthorities certificateAuthorities() {
    return authorities.get();
  }

  private CompletableFuture<List<String>> rolesUnderWay(List<String> asked) {
    return asked.isEmpty() ? grantedRolesUnderWay() : CompletableFuture.completedFuture(asked);
  }

  /** One answer serves those who ask at about the same time; roles come and go. */
  private synchronized CompletableFuture<List<String>> grantedRolesUnderWay() {
    Instant now = time.now();
    if (isOlder(rolesAsked, ROLES_SERVE, now)) {
      rolesAsked = now;
      grantedRoles.forget();
    }
    return grantedRoles.underWay();
  }

  private List<String> some(List<String> roles) {
    if (roles.isEmpty()) {
      throw new CredentialException(
          Reason.FORBIDDEN,
          false,
          "bot %s has no role that it may use for credentials. Grant one: `tctl bots update %1$s --add-roles <role>`"
              .formatted(identity().snapshot().botName()),
          null);
    }
    return roles;
  }

  /** Issues one credential, and lets those look with it who have the same roles. */
  Credential issue(CredentialRequest request, Duration ttl, long generation) {
    CompletableFuture<CertificateAuthorities> trusted = authorities.underWay();
    Issued issued = issued(request, ttl);
    CertificateAuthorities known = Asked.await(trusted);
    if (request.teleportCluster().isEmpty()) {
      viewers.offer(issued.roles(), () -> issued.identity(known), time.now());
    }
    if (request.reissuable()
        && TeleportSubject.of(issued.certificates().tls()).disallowsReissue()) {
      LOG.log(
          Level.WARNING,
          "the cluster does not let the holder of a certificate exchange it for others: it is of a version that cannot");
    }
    return new Credential(
        generation,
        issued.certificates().tls(),
        issued.key().getPrivate(),
        known.host(),
        issued.certificates().tlsAuthorities(),
        issued.certificates().ssh(),
        known.sshHost());
  }

  private record Issued(List<String> roles, KeyPair key, IssuedCertificates certificates) {

    /**
     * An identity that connects. An output's answer names the user authorities only; the auth
     * server, and the proxy's SSH server, are of the host authority.
     */
    Identity identity(CertificateAuthorities known) {
      IssuedCertificates complete =
          new IssuedCertificates(
              certificates.tls(), certificates.ssh(), known.host(), known.sshHost());
      return Identity.of(key.getPrivate(), complete);
    }
  }

  private Issued issued(CredentialRequest request, Duration ttl) {
    CompletableFuture<List<String>> underWay = rolesUnderWay(request.roles());
    // Some kinds of keys take a while.
    KeyPair key = keys.take(algorithm());
    List<String> roles = some(Asked.await(underWay));
    TeleportSubject subject = identity().subject();
    Instant expires = time.now().plus(ttl);
    Order order =
        new Order(
            subject.user(),
            expires,
            roles,
            request.teleportCluster().orElse(subject.cluster()),
            request.kubernetesCluster().orElse(""),
            request.reissuable());
    return new Issued(roles, key, client.issue(order, key.getPublic()));
  }

  /** What roles see. */
  List<KubernetesCluster> kubernetesClusters(List<String> asked, Duration ttl) {
    List<String> roles = some(Asked.await(rolesUnderWay(asked)));
    return viewers.kubernetesClusters(
        roles,
        time.now(),
        () ->
            issued(CredentialRequest.forRoles(roles.toArray(String[]::new)), ttl)
                .identity(certificateAuthorities()));
  }

  /** What roles see, from an answer that is at most this old. */
  List<KubernetesCluster> kubernetesClusters(List<String> asked, Duration ttl, Duration oldest) {
    return listing(asked, ttl, oldest).answer().get();
  }

  private synchronized Listing listing(List<String> asked, Duration ttl, Duration oldest) {
    Instant now = time.now();
    Listing known = listings.get(asked);
    if (known != null && !isOlder(known.begun(), oldest, now)) {
      return known;
    }
    Listing next = new Listing(now, new Asked<>(() -> kubernetesClusters(asked, ttl), workers));
    listings.put(asked, next);
    return next;
  }

  /** What seems to come from the future is from before the clock was set back. */
  private static boolean isOlder(Instant asked, Duration oldest, Instant now) {
    Duration age = Duration.between(asked, now);
    return age.isNegative() || age.compareTo(oldest) >= 0;
  }

  /** Lets calls under way finish, then closes. */
  void retire() {
    viewers.retire();
    client.closeGently();
  }

  @Override
  public void close() {
    viewers.close();
    client.close();
  }
}
