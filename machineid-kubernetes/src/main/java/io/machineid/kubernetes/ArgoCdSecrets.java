package io.machineid.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.machineid.Bot;
import io.machineid.ConfigException;
import io.machineid.DestinationException;
import io.machineid.internal.transport.UpgradeTunnels;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The secrets from which Argo CD learns its clusters, one for each, in one namespace of a
 * Kubernetes cluster. Needs {@code io.fabric8:kubernetes-client} and one of its transports.
 *
 * <p>Each is written by a server-side apply with the field manager {@code tbot}, as {@code tbot}
 * does, and only when it changes. None is ever deleted: a cluster may be away for a moment only,
 * and an {@code ApplicationSet} that follows the secrets deletes the applications of one that is
 * gone. A warning names the secret of a cluster that has left.
 *
 * <p>The service account needs {@code patch} and {@code create} for secrets of the namespace. Not
 * thread-safe.
 */
public final class ArgoCdSecrets {

  private static final Logger LOG = System.getLogger(ArgoCdSecrets.class.getPackageName());
  private static final String MANAGER = "tbot";
  private static final int CONFLICT = 409;
  private static final int TRIES = 8;
  private static final int SHOWN = 5;
  private static final SecretErrors ERRORS =
      new SecretErrors(
          "create and patch for secrets of the namespace",
          "Is it immutable or of another type? Delete it then; or is a name or label no valid one?");

  private final KubernetesClient client;
  private final ArgoCdOutput output;
  private final Map<String, String> written = new HashMap<>();
  private final Set<String> toldOf = new HashSet<>();

  private ArgoCdSecrets(KubernetesClient client, ArgoCdOutput output) {
    this.client = client;
    this.output = output;
  }

  /**
   * Names the secrets; nothing is asked yet.
   *
   * @param client a client of the cluster where Argo CD runs; stays the caller's to close, after
   *     the last use of this
   * @param output what to write
   * @return the secrets
   */
  public static ArgoCdSecrets of(KubernetesClient client, ArgoCdOutput output) {
    return new ArgoCdSecrets(
        Objects.requireNonNull(client, "client"), Objects.requireNonNull(output, "output"));
  }

  /**
   * What it is and where it goes, for messages.
   *
   * @return the words
   */
  public String describe() {
    return "Argo CD clusters in secrets of namespace " + output.namespace();
  }

  /**
   * Proves that secrets can be written, by a dry run.
   *
   * @throws DestinationException when they cannot
   */
  public void prepare() {
    Secret probe =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(output.namespace())
            .withName(output.prefix() + ".0000000000000000")
            .endMetadata()
            .withType("Opaque")
            .build();
    try {
      client.resource(probe).dryRun().fieldManager(MANAGER).forceConflicts().serverSideApply();
    } catch (KubernetesClientException e) {
      throw failed("write", e);
    }
  }

  /**
   * Writes the secrets of the clusters that can be used. All others keep the secret that they have.
   * One that cannot be written does not hold up the others. Where Teleport routes by certificate,
   * not by path, clusters have the same address and Argo CD would mix them up: of those, one is
   * written, or none.
   *
   * @param bot what the clusters were got with
   * @param fleet the clusters
   * @return how many secrets were written
   * @throws io.machineid.CredentialException as {@link FleetOutput#files()}
   * @throws ConfigException when several clusters have the same address, or a load balancer ends
   *     TLS before the proxy; the message says what to do
   * @throws DestinationException when secrets cannot be written; the message names the first
   */
  public int write(Bot bot, KubernetesFleet fleet) {
    List<FleetCluster> clusters = fleet.clusters();
    FleetOutput.requireUsable(clusters);
    refuseLoadBalancer(bot, clusters);
    ArgoCdOutput.Writer writer = output.writer(bot);
    int changed = 0;
    List<DestinationException> failures = new ArrayList<>();
    List<FleetCluster> alike = alike(clusters);
    for (FleetCluster cluster : clusters) {
      if (alike.contains(cluster)) {
        continue;
      }
      try {
        changed += cluster.context().map(context -> put(writer, cluster, context)).orElse(0);
      } catch (DestinationException e) {
        failures.add(e);
      }
    }
    tellOfTheGone(writer, clusters);
    if (!failures.isEmpty()) {
      DestinationException first = failures.get(0);
      throw failures.size() == 1
          ? first
          : new DestinationException(
              first.getMessage() + ". So do " + (failures.size() - 1) + " more", first);
    }
    if (!alike.isEmpty()) {
      throw oneAddress(alike);
    }
    return changed;
  }

  /** tbot refuses, too: Argo CD has no tunnel of this process. */
  private void refuseLoadBalancer(Bot bot, List<FleetCluster> clusters) {
    Optional<URI> upgraded =
        clusters.stream()
            .flatMap(each -> each.context().stream())
            .map(each -> each.config().endpoint().server())
            .findFirst()
            .filter(server -> UpgradeTunnels.isUpgraded(bot.kubernetesProxies(), server));
    if (upgraded.isPresent()) {
      throw new ConfigException(
          "cannot write %s: a load balancer before %s ends TLS, and Argo CD cannot pass it. Let it pass TLS on, or give Kubernetes a port of its own (kube_listen_addr of the proxy)"
              .formatted(describe(), upgraded.get().getAuthority()),
          null);
    }
  }

  /** Those with the proxy's own address, where there are several. */
  private static List<FleetCluster> alike(List<FleetCluster> clusters) {
    List<FleetCluster> alike =
        clusters.stream().filter(each -> each.isReady() && !each.isByPath()).toList();
    return alike.size() > 1 ? alike : List.of();
  }

  private ConfigException oneAddress(List<FleetCluster> alike) {
    String names =
        alike.stream()
            .limit(SHOWN)
            .map(each -> each.cluster().name())
            .collect(Collectors.joining(", "));
    return new ConfigException(
        "cannot write %s: %d Kubernetes clusters have the same address, by which Argo CD tells clusters apart, and what is meant for one could be deployed to another: %s%s. Select one of them, or update the proxy and their agents to Teleport 17.4 or newer, which gives each its own"
            .formatted(describe(), alike.size(), names, alike.size() > SHOWN ? ", …" : ""),
        null);
  }

  private int put(
      ArgoCdOutput.Writer writer, FleetCluster cluster, KubeconfigWriter.Context context) {
    Secret secret = writer.secret(cluster.cluster(), context.config());
    String name = cluster.cluster().name();
    String content = writer.fingerprint(secret);
    if (content.equals(written.get(name))) {
      return 0;
    }
    checkSize(secret);
    apply(secret);
    written.put(name, content);
    return 1;
  }

  private void apply(Secret secret) {
    for (int tries = 1; ; tries++) {
      try {
        client.resource(secret).fieldManager(MANAGER).forceConflicts().serverSideApply();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != CONFLICT || tries == TRIES) {
          throw failed("write secret " + secret.getMetadata().getName() + " of", e);
        }
      }
    }
  }

  private void checkSize(Secret secret) {
    long bytes =
        secret.getData().values().stream().mapToLong(value -> value.length() / 4 * 3L).sum();
    if (bytes > KubernetesSecretDestination.MAX_SECRET_BYTES) {
      throw new DestinationException(
          "cannot write secret %s of %s: it would hold about %d bytes, Kubernetes takes %d. Is the list of namespaces very long?"
              .formatted(
                  secret.getMetadata().getName(),
                  describe(),
                  bytes,
                  KubernetesSecretDestination.MAX_SECRET_BYTES),
          null);
    }
  }

  /** What is told once of a cluster, even if it comes and goes. */
  private void tellOfTheGone(ArgoCdOutput.Writer writer, List<FleetCluster> clusters) {
    Set<String> present =
        clusters.stream().map(each -> each.cluster().name()).collect(Collectors.toSet());
    Set<String> gone = new TreeSet<>(written.keySet());
    gone.removeAll(present);
    written.keySet().removeAll(gone);
    for (String cluster : gone) {
      if (toldOf.add(cluster)) {
        String secret = writer.name(cluster);
        LOG.log(
            Level.WARNING,
            "{0}: cluster {1} has left, its secret {2} stays, as deleting it could delete applications. If the cluster is gone for good: kubectl delete secret {2} -n {3}",
            describe(),
            cluster,
            secret,
            output.namespace());
      }
    }
  }

  private DestinationException failed(String tried, KubernetesClientException e) {
    return ERRORS.of(tried + " " + describe(), e);
  }
}
