package io.machineid.testkit.internal.auth;

import io.grpc.BindableService;
import io.machineid.testkit.internal.pki.Authorities;
import io.machineid.testkit.internal.pki.AuthorityType;
import io.machineid.testkit.internal.pki.UserCertificates;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.wire.auth.Certs;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** The auth service without its transport: joining, and the gRPC services. Thread-safe. */
public final class AuthServer {

  private final Authorities authorities;
  private final ClusterState state;
  private final Joining joining;
  private final AuthorityEvents events = new AuthorityEvents();
  private final List<BindableService> services;

  /**
   * For a cluster.
   *
   * @param proxyAddress where the proxy is, as clients are told
   * @param resetter resets a connection, by its number
   */
  public AuthServer(
      Authorities authorities,
      ClusterState state,
      InstantSource clock,
      String proxyAddress,
      IntConsumer resetter) {
    this.authorities = authorities;
    this.state = state;
    Certificates certificates =
        new Certificates(authorities, new UserCertificates(authorities, clock));
    BotIdentities identities =
        new BotIdentities(authorities.clusterName(), state.version().hasBotInstances());
    joining = new Joining(state, certificates, identities, clock);
    CertificateRequests requests =
        new CertificateRequests(
            state, certificates, identities, authorities.clusterName(), clock, resetter);
    ResourceList resources = new ResourceList(state, authorities.hostId(), clock);
    services = new ArrayList<>();
    services.add(new AuthCalls(authorities, state, requests, resources, events, proxyAddress));
    services.add(new TrustCalls(authorities));
    services.add(new JoinCalls(joining, state));
    services.add(new PresenceCalls());
    if (state.version().hasJoinService()) {
      services.add(new JoinServiceCalls(joining, state, resetter));
    }
    if (state.version().hasBotInstances()) {
      services.add(new InstanceCalls(state.heartbeats(), clock));
    }
  }

  /**
   * Joins a bot.
   *
   * @param body the request as JSON
   * @param connection where it came from
   * @throws Refusal where it may not join, or its certificate is good for nothing
   */
  public Certs join(byte[] body, Connection connection) {
    connection
        .identity()
        .flatMap(caller -> CallGate.refusal(state, caller))
        .ifPresent(
            refusal -> {
              throw refusal;
            });
    return joining.join(JoinRequest.parse(body), connection);
  }

  /** Tells watchers what an authority is now. */
  public void announce(AuthorityType type) {
    events.changed(AuthorityMessages.of(authorities, type));
  }

  List<BindableService> services() {
    return services;
  }
}
