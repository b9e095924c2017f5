package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.KubernetesEndpoint;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets the clusters of a fleet their credentials: one for all that are reached by path, and one for
 * each of the others.
 */
final class FleetIssuer {

  /** A credential, and where it is good for a cluster. */
  record Issued(LiveCredential credential, KubernetesEndpoint endpoint) {}

  private final Bot bot;
  private final CredentialRequest request;
  private final KubernetesEndpoint proxy;
  private final String proxyVersion;
  private @Nullable LiveCredential lender;
  private @Nullable MachineIdException refused;

  /**
   * For one look.
   *
   * @param request what to ask for, apart from the cluster
   */
  FleetIssuer(Bot bot, CredentialRequest request, KubernetesEndpoint proxy, String proxyVersion) {
    this.bot = bot;
    this.request = request;
    this.proxy = proxy;
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
      return new Issued(bot.credential(request.forKubernetesCluster(cluster.name())), proxy);
    }
    LiveCredential lent = lender;
    if (lent == null) {
      throw refused == null ? new IllegalStateException("no shared credential") : refused;
    }
    return new Issued(
        new LentCredential(lent),
        PathRouting.endpoint(proxy, bot.identity().clusterName(), cluster.name()));
  }
}
