package io.machineid.internal.diagnosis;

import io.machineid.Diagnosis;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.auth.Joins;
import io.machineid.internal.auth.Routes;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.Versions;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.ConnectionUpgrade;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostAddresses;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TransportErrors;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Goes the ways that a bot would go, as far as one gets without a token, and notes what it meets.
 * Used once, by one thread; blocks.
 */
public final class Diagnoser {

  private static final Duration WORTH_A_WORD = Duration.ofSeconds(30);
  private static final Duration TOO_MUCH = Duration.ofMinutes(10);

  private final ClusterRoute route;
  private final Routes routes;
  private final Dialer dialer;
  private final InstantSource clock;
  private final Given given;
  private final Findings findings = new Findings();

  /**
   * Makes it.
   *
   * @param route the way that the bot would take
   * @param clock this machine's clock
   * @param given what a person has said about it
   */
  public Diagnoser(ClusterRoute route, InstantSource clock, Given given) {
    this.route = route;
    this.routes = route.routes();
    this.dialer = routes.dialer();
    this.clock = clock;
    this.given = given;
  }

  /** Takes all steps up to the first that fails. */
  public Diagnosis run() {
    try {
      address();
      ClusterRoute.Contact contact = contact();
      time(contact.serverTime());
      Optional<FoundCluster> found = contact.found();
      if (found.isPresent()) {
        version(found.get());
      }
      join(found);
      found = found.isPresent() ? found : ofAuthServer();
      if (found.isPresent()) {
        between(found.get());
        List<X509Certificate> authorities =
            new AuthLook(findings, route, clock, given).auth(found.get());
        new KubernetesLook(findings, route).kubernetes(found.get(), authorities);
      } else {
        findings.note(
            "kubernetes",
            "the auth server names no proxy (public_addr), so that Kubernetes cannot be reached");
      }
    } catch (Stop stop) {
      findings.problem(stop);
    }
    return findings.diagnosis();
  }

  private void address() throws Stop {
    HostPort address = route.address();
    try {
      findings.note("address", address + Findings.through(dialer, address));
    } catch (MachineIdException e) {
      throw new Stop(e);
    }
  }

  private ClusterRoute.Contact contact() throws Stop {
    try {
      return route.contact();
    } catch (MachineIdException e) {
      throw explained(e);
    }
  }

  private Stop explained(MachineIdException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    boolean ofNetwork = TransportErrors.isOfNetwork(cause);
    if (e.reason() == Reason.UNTRUSTED || (e.reason() == Reason.UNREACHABLE && !ofNetwork)) {
      return new PortLook(route.address(), dialer, given.webRoots(), clock.instant())
          .explain(cause, route.isProxy())
          .map(seen -> new Stop(e.reason(), seen))
          .orElseGet(() -> new Stop(e));
    }
    if (ofNetwork && dialer.proxyFor(URI.create("https://" + route.address())).isEmpty()) {
      return new NameLook(HostAddresses.OF_THIS_MACHINE)
          .explain(route.address())
          .map(new Stop(e)::and)
          .orElseGet(() -> new Stop(e));
    }
    return new Stop(e);
  }

  private void version(FoundCluster found) throws Stop {
    findings.note(
        "found",
        "Teleport %s, cluster %s, %s%s"
            .formatted(
                found.serverVersion(),
                found.clusterName(),
                found.tlsRouting() ? "TLS routing" : "separate listeners",
                found.web().equals(route.address())
                    ? ""
                    : ", which calls its address " + found.web()));
    Optional<String> misfit = Versions.misfit(found);
    if (misfit.isPresent()) {
      throw new Stop(Reason.NOT_TELEPORT, misfit.get());
    }
  }

  private void time(Optional<Instant> server) throws Stop {
    if (server.isEmpty()) {
      return;
    }
    Duration difference = Duration.between(clock.instant(), server.get());
    if (difference.abs().compareTo(TOO_MUCH) > 0) {
      throw new Stop(
          Reason.UNTRUSTED,
          "the clock of this machine is %s %s that of %s; certificates would not be valid here. Set the clock (NTP)"
              .formatted(
                  difference.abs().truncatedTo(ChronoUnit.MINUTES),
                  difference.isNegative() ? "ahead of" : "behind",
                  route.address()));
    }
    if (difference.abs().compareTo(WORTH_A_WORD) > 0) {
      findings.note("clock", "differs by " + difference.abs().truncatedTo(ChronoUnit.SECONDS));
    }
  }

  private void join(Optional<FoundCluster> found) {
    HostPort address = route.address();
    String byGrpc =
        byGrpc(
            found
                .map(cluster -> routes.joining(address, cluster).route())
                .orElseGet(() -> anonymous(address)));
    String byHttp =
        route.isProxy()
            ? "https://%s/v1/webapi/host/credentials, SNI %s, no ALPN needed"
                .formatted(address, sni(address))
            : "https://%s/v2/tokens/register, SNI %s".formatted(address, AuthRoute.ANY_CLUSTER);
    String way = given.answersChallenge() ? byGrpc : byHttp;
    if (!given.answersChallenge()
        && route.serverMajor().filter(Joins::hasJoinService).isPresent()) {
      way = "%s; where that is not to be had, %s".formatted(byGrpc, byHttp);
    }
    findings.note("join", way + ", " + verifiedForJoin());
  }

  private AuthRoute anonymous(HostPort address) {
    return AuthRoute.anonymous(address, AuthRoute.Means.of(dialer));
  }

  private static String byGrpc(AuthRoute way) {
    String alpn = String.join(" ", way.alpn());
    return way.upgrade().filter(ConnectionUpgrade::isNeeded).isPresent()
        ? "gRPC within an upgraded connection to %s, ALPN %s".formatted(way.address(), alpn)
        : "gRPC at %s, SNI %s, ALPN %s".formatted(way.address(), way.serverName(), alpn);
  }

  private String verifiedForJoin() {
    if (route.isProxy()) {
      return "verified by " + given.webRoots();
    }
    return given.insecure() ? "not verified" : "verified by the cluster's CA as it was given";
  }

  private static String sni(HostPort address) {
    return address.isIpAddress() ? "none (an IP address)" : address.host();
  }

  /** Where the cluster has a proxy: an auth server tells everybody. */
  private Optional<FoundCluster> ofAuthServer() throws Stop {
    try (AuthClient anonymous = AuthClient.anonymous(anonymous(route.address()))) {
      return Optional.of(route.proxy(anonymous));
    } catch (MachineIdException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw new Stop(e)
          .and(
              "It is the address that the auth server %s names as the proxy's (public_addr), by which Kubernetes is reached: have it opened for this network, or corrected"
                  .formatted(route.address()));
    }
  }

  /** The address that was given and the one that the proxy publishes may be two. */
  private void between(FoundCluster found) {
    List<ConnectionUpgrade> balanced =
        Stream.of(route.auth(found.clusterName()).upgrade(), routes.upgrade(found))
            .flatMap(Optional::stream)
            .distinct()
            .filter(ConnectionUpgrade::ask)
            .toList();
    for (ConnectionUpgrade upgrade : balanced) {
      findings.note(
          "between",
          "a load balancer ends TLS at %s, before the proxy%s: connections to the auth service and to Kubernetes are upgraded there (GET /webapi/connectionupgrade). kubectl cannot do that"
              .formatted(upgrade.proxy(), upgrade.isDecided() ? ", as the environment says" : ""));
    }
  }
}
