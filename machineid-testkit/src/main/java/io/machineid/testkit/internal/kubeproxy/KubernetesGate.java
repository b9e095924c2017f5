package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.pki.TlsIdentity;
import io.machineid.testkit.internal.role.KubernetesAccess;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Roles;
import java.util.List;
import java.util.Optional;

/** Decides about one request after the other, and sends the allowed ones on to Kubernetes. */
final class KubernetesGate {

  private static final String USAGE = "usage:kube";

  private final KubeProxy.Access cluster;
  private final boolean duplicateWatchEvents;

  KubernetesGate(KubeProxy.Access cluster, boolean duplicateWatchEvents) {
    this.cluster = cluster;
    this.duplicateWatchEvents = duplicateWatchEvents;
  }

  /** Answers a request, now or later. */
  void handle(ClientRequest request, Peer peer, Answer answer) {
    try {
      admit(request, peer.identity(), answer);
    } catch (Refusal refusal) {
      refusal.answer(answer);
    }
  }

  private void admit(ClientRequest asked, TlsIdentity identity, Answer answer) {
    Optional<PathRoute> path =
        cluster.routesByPath() ? PathRoute.of(asked.path()) : Optional.empty();
    path.ifPresent(route -> route.check(identity));
    ClientRequest request = path.map(route -> asked.withPath(route.rest())).orElse(asked);
    String name = path.map(PathRoute::kubernetesCluster).or(identity::kubernetesCluster).orElse("");
    checkHolder(identity);
    KubeProxy.Access serving = serving(identity, path);
    KubeProxy.Target target = target(serving, name);
    KubernetesAccess access = new Roles(roles(serving, identity)).inCluster(target.labels());
    Principals principals = Principals.choose(identity.user(), access, request.headers());
    new Admitted(
            request,
            identity.user(),
            access,
            target.backend(),
            Upstream.headers(request, principals),
            answer)
        .forward(duplicateWatchEvents);
  }

  private void checkHolder(TlsIdentity identity) {
    if (cluster.locked(identity.user())) {
      throw Refusal.text(500, "access denied");
    }
    if (!identity.usage().isEmpty() && !identity.usage().contains(USAGE)) {
      throw Refusal.byProxy(FailureStatus.forbidden("access denied"));
    }
  }

  /** The Teleport cluster that a request is for, this one or a leaf. */
  private KubeProxy.Access serving(TlsIdentity identity, Optional<PathRoute> path) {
    String own = identity.teleportCluster().orElse("");
    String route = path.map(PathRoute::teleportCluster).orElseGet(identity::routeToCluster);
    if (route.isEmpty() || own.isEmpty() || route.equals(own)) {
      return cluster;
    }
    return cluster
        .leaf(route)
        .orElseThrow(
            () ->
                Refusal.byProxy(FailureStatus.notFound("cluster \"" + route + "\" is not found")));
  }

  private static KubeProxy.Target target(KubeProxy.Access serving, String name) {
    return serving
        .kubernetesCluster(name)
        .orElseThrow(
            () ->
                Refusal.byProxy(
                    FailureStatus.notFound("Kubernetes cluster \"" + name + "\" not found")));
  }

  private static List<Role> roles(KubeProxy.Access serving, TlsIdentity identity) {
    return identity.roles().stream().map(serving::role).flatMap(Optional::stream).toList();
  }
}
