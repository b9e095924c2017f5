package io.machineid.testkit.internal.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Roles;
import io.machineid.testkit.internal.state.Bot;
import io.machineid.testkit.internal.state.ClusterState;
import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Refusal;
import io.machineid.testkit.internal.state.TeleportVersion;
import io.machineid.wire.auth.Certs;
import io.machineid.wire.auth.UserCertsRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers requests for certificates: a bot's renewal of its own, and those of its outputs. */
final class CertificateRequests {

  private static final Duration LONGEST = Duration.ofHours(24);

  private final ClusterState state;
  private final Certificates certificates;
  private final BotIdentities identities;
  private final String clusterName;
  private final InstantSource clock;
  private final IntConsumer resetter;

  CertificateRequests(
      ClusterState state,
      Certificates certificates,
      BotIdentities identities,
      String clusterName,
      InstantSource clock,
      IntConsumer resetter) {
    this.state = state;
    this.certificates = certificates;
    this.identities = identities;
    this.clusterName = clusterName;
    this.clock = clock;
    this.resetter = resetter;
  }

  Certs answer(Connection connection, UserCertsRequest request) {
    TlsIdentity caller =
        connection
            .identity()
            .filter(identity -> identity.user().equals(request.getUsername()))
            .orElseThrow(() -> Refusal.denied("access denied: impersonation is not allowed"));
    if (caller.disallowReissue()) {
      throw Refusal.denied("access denied: identity is not allowed to reissue certificates");
    }
    Instant expires = expires(request);
    if (request.getUseRoleRequests() || request.getRoleRequestsCount() > 0) {
      return output(connection, caller, request, expires);
    }
    return renewal(connection, caller, request, expires);
  }

  private Instant expires(UserCertsRequest request) {
    Timestamp wanted = request.getExpires();
    Instant expires = Instant.ofEpochSecond(wanted.getSeconds(), wanted.getNanos());
    if (!request.hasExpires() || expires.isBefore(clock.instant())) {
      throw Refusal.denied("access denied: client credentials have expired, please relogin.");
    }
    return expires;
  }

  private Certs renewal(
      Connection connection, TlsIdentity caller, UserCertsRequest request, Instant expires) {
    checkTarget(request);
    RequestedKeys keys = keys(request);
    Bot bot =
        state
            .bots()
            .renew(caller.user(), caller.botInstanceId().orElse(""), caller.generation().orElse(0));
    if (state.faults().losesThisRenewal()) {
      resetter.accept(connection.number());
    }
    return certificates.forBot(
        identities.renewable(bot, connection.remoteIp()),
        keys,
        earliest(Stream.of(expires, latest(List.of(bot.role())))));
  }

  private Certs output(
      Connection connection, TlsIdentity caller, UserCertsRequest request, Instant expires) {
    List<Role> roles = requestedRoles(caller, request.getRoleRequestsList());
    checkTarget(request);
    RequestedKeys keys = keys(request);
    Bot bot = state.bots().ofUser(caller.user()).orElseThrow(() -> Refusal.denied("access denied"));
    TlsIdentity identity =
        identities.output(
            bot,
            roles,
            request.getRouteToCluster(),
            request.getKubernetesCluster(),
            connection.remoteIp());
    boolean reissuable =
        request.getReissuableRoleImpersonation() && state.version().letsCertificatesBeReissued();
    return certificates.forOutput(
        reissuable ? identity.allowingReissue() : identity,
        keys,
        earliest(Stream.of(expires, latest(roles))));
  }

  private List<Role> requestedRoles(TlsIdentity caller, List<String> names) {
    if (names.isEmpty()) {
      throw Refusal.bad("at least one role request is required");
    }
    List<Role> roles = new ArrayList<>();
    for (String name : names) {
      roles.add(
          state
              .role(name)
              .orElseThrow(() -> Refusal.notFound("role %s is not found".formatted(name))));
    }
    Roles rights = state.rights(caller.roles());
    if (!names.stream().allMatch(rights::mayImpersonate)) {
      throw Refusal.denied(
          "user \"%s\" has requested role impersonation for [%s]"
              .formatted(
                  caller.user(),
                  names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(" "))));
    }
    return roles;
  }

  private void checkTarget(UserCertsRequest request) {
    String route = request.getRouteToCluster();
    boolean elsewhere = !route.isEmpty() && !route.equals(clusterName);
    if (elsewhere && state.leaf(route).isEmpty()) {
      throw Refusal.notFound("remote cluster \"%s\" is not found".formatted(route));
    }
    String kubernetes = request.getKubernetesCluster();
    if (!elsewhere && !kubernetes.isEmpty() && state.kubernetesCluster(kubernetes).isEmpty()) {
      throw Refusal.bad(
          "Kubernetes cluster \"%s\" is not registered in this Teleport cluster; "
                  .formatted(kubernetes)
              + "you can list registered Kubernetes clusters using 'tsh kube ls'");
    }
    if (state.faults().refusesCertificates(kubernetes)) {
      throw Refusal.denied("access to Kubernetes cluster \"%s\" denied".formatted(kubernetes));
    }
  }

  /** Up to 16 one key for both certificates; from 17 on one for each that is wanted. */
  private RequestedKeys keys(UserCertsRequest request) {
    TeleportVersion version = state.version();
    boolean split = !request.getSshPublicKey().isEmpty() || !request.getTlsPublicKey().isEmpty();
    if (!version.takesSplitKeys() || (version.takesSingleKey() && !split)) {
      return RequestedKeys.both(request.getPublicKey().toStringUtf8());
    }
    if (version.takesSingleKey() && !request.getPublicKey().isEmpty()) {
      state.wasKind(
          "a request for certificates named one key for both and one for each: what Teleport 17 makes of that is not known");
    }
    if (!split) {
      throw Refusal.bad("missing parameter SSHPublicKey or TLSPublicKey");
    }
    return new RequestedKeys(
        some(request.getSshPublicKey()).map(line -> RequestedKeys.ssh(line.toStringUtf8())),
        some(request.getTlsPublicKey())
            .map(pem -> RequestedKeys.pkix(WireForms.der(pem).toByteArray())));
  }

  private static Optional<ByteString> some(ByteString bytes) {
    return Optional.of(bytes).filter(content -> !content.isEmpty());
  }

  private Instant latest(List<Role> roles) {
    return earliest(
        Stream.concat(Stream.of(LONGEST), roles.stream().map(Role::maxSessionTtl))
            .map(clock.instant()::plus));
  }

  private static Instant earliest(Stream<Instant> instants) {
    return instants.min(Instant::compareTo).orElseThrow();
  }
}
