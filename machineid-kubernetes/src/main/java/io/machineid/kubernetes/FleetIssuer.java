package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.internal.transport.HostPort;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gets the clusters of a fleet their credentials: one for all that are reached by path, and one for
 * each of the others.
 */
final class FleetIssuer {

  /** A credential, and where it is good for a cluster. */
  record Issued(LiveCredential credential, KubernetesEndpoint endpoint) {}

  /**
   * Where requests go.
   *
   * @param proxy the proxy
   * @param relay what takes them in its place, if anything does
   */
  record Ways(KubernetesEndpoint proxy, Optional<HostPort> relay) {

    private KubernetesEndpoint to(
        String teleportCluster, KubernetesCluster cluster, boolean byPath) {
      KubernetesEndpoint direct =
          byPath ? PathRouting.endpoint(proxy, teleportCluster, cluster.name()) : proxy;
      return relay
          .map(each -> RelayRouting.endpoint(each, direct, teleportCluster, cluster.name()))
          .orElse(direct);
    }
  }

  private final Bot bot;
  private final CredentialRequest request;
  private final Ways ways;
  private final String proxyVersion;
  private @Nullable LiveCredential lender;
  private @Nullable MachineIdException refused;

  /**
   * For one look.
   *
   * @param request what to ask for, apart from the cluster
   */
  FleetIssuer(Bot bot, CredentialRequest request, Ways ways, String proxyVersion) {
    this.bot = bot;
    this.request = request;
    this.ways = ways;
    this.proxyVersion = proxyVersion;
  }

  private boolean isByPath(KubernetesCluster cluster) {
    return PathRouting.serves(proxyVersion, cluster);
  }

  /**
   * Gets the shared credential where a cluster needs it, once: before any {@link #issue}.
   *
   * @param known the one of an earlier look
   */
  @Nullable LiveCredential shared(List<FleetCluster> wanting, @Nullable LiveCredential known) {
    lender = known;
    if (lender == null && wanting.stream().anyMatch(each -> isByPath(each.cluster()))) {
      try {
        lender = bot.credential(request);
      } catch (MachineIdException e) {
        refused = e;
      }
    }
    return lender;
  }

  /** Blocks. Several may be issued at the same time. */
  Issued issue(KubernetesCluster cluster) {
    if (!isByPath(cluster)) {
      return new Issued(
          bot.credential(request.forKubernetesCluster(cluster.name())), endpoint(cluster, false));
    }
    LiveCredential lent = lender;
    if (lent == null) {
      throw refused == null ? new IllegalStateException("no shared credential") : refused;
    }
    return new Issued(new LentCredential(lent), endpoint(cluster, true));
  }

  private KubernetesEndpoint endpoint(KubernetesCluster cluster, boolean byPath) {
    return ways.to(bot.identity().clusterName(), cluster, byPath);
  }
}
