package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.CredentialException;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException.Reason;
import io.machineid.kubernetes.internal.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gets access to a cluster in as few round trips as can be. Mostly the name that is asked for is
 * the cluster's own, so the certificate is asked for at once; it then also serves to look whether
 * the bot sees that cluster, since a certificate is issued for clusters that no role grants, too.
 */
final class Opening {

  private static final Duration LISTING_SERVES = Duration.ofSeconds(30);

  private Opening() {}

  static KubernetesAccess access(Bot bot, CredentialRequest request, String wanted) {
    String own = bot.identity().clusterName();
    Optional<String> leaf = request.teleportCluster().filter(cluster -> !cluster.equals(own));
    if (leaf.isPresent()) {
      // What a leaf has is not seen from here: the name is taken as it is.
      return access(
          bot, leaf.get(), new KubernetesCluster(wanted, Map.of()), bot.credential(request));
    }
    Optional<LiveCredential> likely = ifRegistered(bot, request);
    try {
      KubernetesCluster found = find(bot, wanted, request.roles());
      if (likely.isPresent() && found.name().equals(wanted)) {
        return access(bot, own, found, likely.get());
      }
      likely.ifPresent(LiveCredential::close);
      return access(bot, own, found, bot.credential(request.forKubernetesCluster(found.name())));
    } catch (RuntimeException e) {
      likely.ifPresent(LiveCredential::close);
      throw e;
    }
  }

  /** Of many that are opened at about the same time, one asks; a new cluster is asked for anew. */
  private static KubernetesCluster find(Bot bot, String wanted, List<String> roles) {
    try {
      return ClusterSearch.find(wanted, bot.kubernetesClusters(roles, LISTING_SERVES), roles);
    } catch (CredentialException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return ClusterSearch.find(wanted, bot.kubernetesClusters(roles), roles);
      }
      throw e;
    }
  }

  private static KubernetesAccess access(
      Bot bot, String teleportCluster, KubernetesCluster cluster, LiveCredential credential) {
    try {
      return new KubernetesAccess(
          teleportCluster, cluster, bot.kubernetesEndpoint(), credential, surroundings(bot));
    } catch (RuntimeException e) {
      credential.close();
      throw e;
    }
  }

  static Surroundings surroundings(Bot bot) {
    return new Surroundings(bot.clock(), bot.scheduler(), bot.kubernetesProxies(), bot.metrics());
  }

  /** Empty when no cluster has this name: it may be the name that one was discovered by. */
  private static Optional<LiveCredential> ifRegistered(Bot bot, CredentialRequest request) {
    try {
      return Optional.of(bot.credential(request));
    } catch (CredentialException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
