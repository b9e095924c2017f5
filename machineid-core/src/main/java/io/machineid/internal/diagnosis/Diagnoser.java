package io.machineid.internal.diagnosis;

import io.machineid.Diagnosis;
import io.machineid.Diagnosis.Finding;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.auth.Joins;
import io.machineid.internal.auth.Routes;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.discovery.Versions;
import io.machineid.internal.pki.CaPin;
import io.machineid.internal.transport.AnyMember;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.AuthTunnel;
import io.machineid.internal.transport.ConnectionUpgrade;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.ServerLook;
import io.machineid.internal.transport.TransportErrors;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Goes the ways that a bot would go, as far as one gets without a token, and notes what it meets.
 * Used once, by one thread; blocks.
 */
public final class Diagnoser {

  private static final Duration LONGEST = Duration.ofSeconds(15);
  private static final Duration WORTH_A_WORD = Duration.ofSeconds(30);
  private static final Duration TOO_MUCH = Duration.ofMinutes(10);

  private final ClusterRoute route;
  private final Routes routes;
  private final Dialer dialer;
  private final InstantSource clock;
  private final Given given;
  private final List<Finding> findings = new ArrayList<>();

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

  /** Something is wrong: no step follows. */
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    Stop(Reason reason, String text) {
      super(text, null, false, false);
      this.reason = reason;
    }
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
      found = found.or(this::ofAuthServer);
      if (found.isPresent()) {
        between(found.get());
        kubernetes(found.get(), auth(found.get()));
      } else {
        note("kubernetes", "the auth server names no proxy, so that Kubernetes cannot be reached");
      }
    } catch (Stop stop) {
      findings.add(
          new Finding(
              "problem",
              Printable.text(String.valueOf(stop.getMessage())),
              Optional.of(stop.reason)));
    }
    return new Diagnosis(findings);
  }

  private void note(String subject, String text) {
    findings.add(new Finding(subject, Printable.text(text), Optional.empty()));
  }

  private void address() throws Stop {
    HostPort address = route.address();
    try {
      note("address", address + through(address));
    } catch (MachineIdException e) {
      throw new Stop(e.reason(), String.valueOf(e.getMessage()));
    }
  }

  private String through(HostPort address) {
    return dialer
        .proxyFor(URI.create("https://" + address))
        .map(proxy -> ", through " + proxy)
        .orElse(", directly");
  }

  private ClusterRoute.Contact contact() throws Stop {
    try {
      return route.contact();
    } catch (MachineIdException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      boolean maybeAnotherPort = e.reason() == Reason.UNTRUSTED || e.reason() == Reason.UNREACHABLE;
      Optional<String> seen =
          maybeAnotherPort && !TransportErrors.isOfNetwork(cause)
              ? new PortLook(route.address(), dialer, given.webRoots(), clock.instant())
                  .explain(cause, route.isProxy())
              : Optional.empty();
      throw new Stop(e.reason(), seen.orElseGet(() -> String.valueOf(e.getMessage())));
    }
  }

  private void version(FoundCluster found) throws Stop {
    note(
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
      note("clock", "differs by " + difference.abs().truncatedTo(ChronoUnit.SECONDS));
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
    note("join", way + ", " + verifiedForJoin());
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
  private Optional<FoundCluster> ofAuthServer() {
    try (AuthClient anonymous = AuthClient.anonymous(anonymous(route.address()))) {
      return Optional.of(route.proxy(anonymous));
    } catch (MachineIdException e) {
      note("found", "no proxy: " + e.getMessage());
      return Optional.empty();
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
      note(
          "between",
          "a load balancer ends TLS at %s, before the proxy%s: connections to the auth service and to Kubernetes are upgraded there (GET /webapi/connectionupgrade). kubectl cannot do that"
              .formatted(upgrade.proxy(), upgrade.isDecided() ? ", as the environment says" : ""));
    }
  }

  /** Meets the auth service, and has it verified by the CA that it tells. */
  private List<X509Certificate> auth(FoundCluster found) throws Stop {
    AuthRoute way = route.auth(found.clusterName());
    try {
      ServerLook look = ServerLook.on(way, dialer, LONGEST);
      if (!look.isOfCluster()) {
        bySsh(way, way.notPassedOn("it shows a certificate for " + Printable.names(look.names())));
        return List.of();
      }
      List<X509Certificate> authorities;
      try (AuthClient anonymous = AuthClient.anonymous(way)) {
        authorities = anonymous.clusterAuthority();
      }
      try (AuthClient verified =
          new AuthClient(
              way,
              PinnedTls.context(
                  way.serverName(),
                  new KeyManager[0],
                  new TrustManager[] {PinnedTls.trustManager(authorities)}))) {
        var unused = verified.clusterAuthority();
      }
      note(
          "auth",
          "%s, SNI %s, ALPN %s, verified by %s"
              .formatted(
                  way.address(), way.serverName(), String.join(" ", way.alpn()), who(authorities)));
      return authorities;
    } catch (MachineIdException e) {
      throw new Stop(e.reason(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw stopped(e, way.address(), "the auth service");
    }
  }

  /** A tunnel takes who has a certificate: all that shows before a join is who answers there. */
  private void bySsh(AuthRoute way, String notPassedOn) throws Stop {
    AuthTunnel tunnel =
        way.means().tunnel().orElseThrow(() -> new Stop(Reason.UNTRUSTED, notPassedOn));
    if (!AuthTunnel.isAvailable()) {
      throw new Stop(
          Reason.UNTRUSTED,
          "%s. Or else use the proxy's SSH tunnel at %s: %s"
              .formatted(notPassedOn, tunnel.address(), AuthTunnel.whatToAdd()));
    }
    String banner =
        new PortLook(tunnel.address(), dialer, given.webRoots(), clock.instant()).banner();
    if (!banner.startsWith("SSH-2.0-Teleport")) {
      throw new Stop(
          Reason.UNTRUSTED,
          "%s. Its SSH tunnel at %s is no way either: no SSH server of Teleport answers there"
              .formatted(notPassedOn, tunnel.address()));
    }
    note(
        "auth",
        "%s, an SSH tunnel of the proxy, for who has joined: not tried, verified by the cluster's CA for SSH"
            .formatted(tunnel.address()));
  }

  /** Who tells the authorities is nobody yet: it takes something that was given to believe it. */
  private String who(List<X509Certificate> told) throws Stop {
    String pins = pins(told.stream().map(CaPin::of).toList());
    if (!given.vouches()) {
      return "the CA that it names itself (%s), for which nothing has vouched yet".formatted(pins);
    }
    if (!given.isMetBy(told)) {
      throw new Stop(
          Reason.UNTRUSTED,
          "the auth service behind %s has the CA pins %s, and not those that were given (%s). If the cluster's CA was rotated, take the pins of `tctl status`; if not, this is not your cluster"
              .formatted(route.address(), pins, pins(given.allPins())));
    }
    return "the cluster's host CA (%s), as it was given".formatted(pins);
  }

  private static String pins(List<CaPin> pins) {
    return pins.stream().map(CaPin::value).collect(Collectors.joining(", "));
  }

  private void kubernetes(FoundCluster found, List<X509Certificate> authorities) throws Stop {
    Optional<Routes.Kubernetes> way = routes.kubernetes(found);
    if (way.isEmpty()) {
      note(
          "kubernetes",
          "the proxy takes no such requests (kubernetes: enabled in its configuration)");
      return;
    }
    URI server = way.get().endpoint().server();
    String name = way.get().endpoint().verifiedName();
    HostPort address = HostPort.parse(server.getAuthority());
    boolean upgraded = way.get().upgrade().filter(ConnectionUpgrade::isNeeded).isPresent();
    try (Socket raw = upgraded ? way.get().upgrade().get().open() : dialer.connect(address);
        SSLSocket socket =
            (SSLSocket)
                PinnedTls.context(
                        name,
                        new KeyManager[0],
                        new TrustManager[] {
                          authorities.isEmpty()
                              ? new AnyMember()
                              : PinnedTls.trustManager(authorities)
                        })
                    .getSocketFactory()
                    .createSocket(raw, name, address.port(), true)) {
      socket.setSoTimeout(Math.toIntExact(LONGEST.toMillis()));
      socket.startHandshake();
      note(
          "kubernetes",
          "%s%s, SNI %s, ALPN h2 http/1.1, verified by %s%s"
              .formatted(
                  server,
                  through(address),
                  name,
                  authorities.isEmpty() ? "the cluster's CA, which a join brings" : "the same CA",
                  upgraded ? ", upgraded" : ""));
    } catch (IOException e) {
      throw stopped(e, address, "Kubernetes");
    }
  }

  private static Stop stopped(IOException failure, HostPort address, String what) {
    MachineIdException error = TransportErrors.of(failure, address, what);
    return new Stop(error.reason(), String.valueOf(error.getMessage()));
  }
}
