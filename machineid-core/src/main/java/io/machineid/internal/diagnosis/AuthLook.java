package io.machineid.internal.diagnosis;

import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.ClusterRoute;
import io.machineid.internal.discovery.FoundCluster;
import io.machineid.internal.pki.CaPin;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.AuthTunnel;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.ServerLook;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/** Goes the way to the auth service, as far as one gets without an identity. */
final class AuthLook {

  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final Findings findings;
  private final ClusterRoute route;
  private final Dialer dialer;
  private final InstantSource clock;
  private final Given given;

  AuthLook(Findings findings, ClusterRoute route, InstantSource clock, Given given) {
    this.findings = findings;
    this.route = route;
    this.dialer = route.routes().dialer();
    this.clock = clock;
    this.given = given;
  }

  /** Meets the auth service, and has it verified by the CA that it tells. */
  List<X509Certificate> auth(FoundCluster found) throws Stop {
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
      findings.note(
          "auth",
          "%s%s, SNI %s, ALPN %s, verified by %s"
              .formatted(
                  way.address(),
                  Findings.throughAnother(dialer, way.address()),
                  way.serverName(),
                  String.join(" ", way.alpn()),
                  who(authorities)));
      return authorities;
    } catch (MachineIdException e) {
      throw new Stop(e);
    } catch (IOException e) {
      throw Stop.of(e, way.address(), "the auth service");
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
    findings.note(
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
}
