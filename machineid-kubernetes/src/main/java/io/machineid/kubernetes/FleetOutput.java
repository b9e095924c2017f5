package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.ClosedException;
import io.machineid.ConnectionException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.DestinationException;
import io.machineid.MachineIdException;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.internal.output.CredentialFiles;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The files that {@code tbot} writes for an output of type {@code kubernetes/v2}, for programs that
 * read files: {@code kubeconfig.yaml} with a context for each cluster of a fleet, {@code identity},
 * the key and certificates one by one, and the host authorities.
 *
 * <p>A cluster that cannot be used is left out; {@link FleetCluster#error()} tells why. But as with
 * {@code tbot}, there is nothing to write while a cluster is missing that was asked for by its
 * name.
 *
 * <p>Each call renders the clusters and credentials as they are: write again after {@link
 * #onChange}. Immutable and thread-safe.
 */
public final class FleetOutput {

  private static final String NO_CLUSTERS = "{}\n";

  /** What is asked for credentials instead of holding them. */
  private record Plugins(ExecPlugin common, Function<String, ExecPlugin> ofCluster) {}

  private final Bot bot;
  private final KubernetesFleet fleet;
  private final Optional<Plugins> plugins;

  private FleetOutput(Bot bot, KubernetesFleet fleet, Optional<Plugins> plugins) {
    this.bot = bot;
    this.fleet = fleet;
    this.plugins = plugins;
  }

  /**
   * Files whose kubeconfig holds the credentials themselves.
   *
   * @param bot the bot of the fleet
   * @param fleet the clusters, with a {@linkplain KubernetesFleet.Builder#commonCredential common
   *     credential}
   * @return the output
   * @throws IllegalStateException where the fleet has no common credential
   */
  public static FleetOutput of(Bot bot, KubernetesFleet fleet) {
    Objects.requireNonNull(fleet.commonCredential());
    return new FleetOutput(Objects.requireNonNull(bot, "bot"), fleet, Optional.empty());
  }

  /**
   * The same files, with a kubeconfig that asks a program for credentials.
   *
   * @param common the program for clusters that share a credential; finds it in the file {@code
   *     identity}
   * @param ofCluster the program for a cluster, by its name in Teleport, that has a credential of
   *     its own; finds it in the file {@link ExecCredential#CLUSTERS_FILE}, which is there where
   *     such clusters are
   * @return the output
   */
  public FleetOutput withExecPlugins(ExecPlugin common, Function<String, ExecPlugin> ofCluster) {
    return new FleetOutput(bot, fleet, Optional.of(new Plugins(common, ofCluster)));
  }

  /**
   * The files as of now; {@code identity} and then {@code kubeconfig.yaml} are the last. Blocks to
   * ask for the authorities, once after each renewal of the bot's identity.
   *
   * @return the files, with private keys in some
   * @throws CredentialException when a cluster is missing that was asked for by name, when there
   *     are clusters and none can be used, or when Teleport refuses
   * @throws ConnectionException when Teleport cannot be reached
   * @throws ClosedException after the bot or the fleet was closed
   */
  public FileSet files() {
    List<FleetCluster> clusters = fleet.clusters();
    requireUsable(clusters);
    Credential credential = fleet.commonCredential().current();
    FileSet.Builder files = CredentialFiles.hostParts(credential, bot.certificateAuthorities());
    Map<String, Credential> own = new LinkedHashMap<>();
    if (plugins.isPresent()) {
      clusters.stream()
          .filter(each -> !each.isByPath())
          .forEach(each -> each.credential().ifPresent(it -> own.put(each.cluster().name(), it)));
    }
    if (!own.isEmpty()) {
      files.addText(ExecCredential.CLUSTERS_FILE, ClusterCredentials.toJson(own));
    }
    String teleportCluster = bot.identity().clusterName();
    return files
        .addText("identity", CredentialFiles.identity(teleportCluster, credential))
        .addText("kubeconfig.yaml", kubeconfig(clusters).toYaml())
        .build();
  }

  /** Throws why nothing can be written, where nothing can. */
  static void requireUsable(List<FleetCluster> clusters) {
    boolean anyReady = clusters.stream().anyMatch(FleetCluster::isReady);
    Optional<MachineIdException> obstacle =
        clusters.stream()
            .filter(each -> each.isImagined() || !anyReady)
            .flatMap(each -> each.error().stream())
            .findFirst();
    if (obstacle.isPresent()) {
      throw obstacle.get();
    }
  }

  private FleetKubeconfig kubeconfig(List<FleetCluster> clusters) {
    return new FleetKubeconfig(clusters.stream().flatMap(this::context).toList());
  }

  private Stream<KubeconfigWriter.Context> context(FleetCluster cluster) {
    return cluster
        .context()
        .map(held -> plugins.map(them -> asking(cluster, held, them)).orElse(held))
        .stream();
  }

  private static KubeconfigWriter.Context asking(
      FleetCluster cluster, KubeconfigWriter.Context held, Plugins plugins) {
    ExecPlugin plugin =
        cluster.isByPath() ? plugins.common() : plugins.ofCluster().apply(cluster.cluster().name());
    return new KubeconfigWriter.Context(held.config().withExecPlugin(plugin), held.namespace());
  }

  /**
   * Until when all of what would be written now is valid. Never blocks.
   *
   * @return an instant on the server's clock
   * @throws ClosedException after the bot or the fleet was closed
   */
  public Instant notAfter() {
    return Stream.concat(
            Stream.of(fleet.commonCredential().current().notAfter()),
            fleet.kubeconfig().notAfter().stream())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /**
   * Writes {@link #files()}, as {@link #write(FileSet, Destination)} does.
   *
   * @param destination where to; prepared already
   * @throws CredentialException as {@link #files()}
   * @throws ConnectionException when Teleport cannot be reached
   * @throws DestinationException when the files cannot be written; the old ones are still there
   * @throws ClosedException after the bot or the fleet was closed
   */
  public void write(Destination destination) {
    write(files(), destination);
  }

  /**
   * Writes files. Where {@link ExecCredential#CLUSTERS_FILE} is none of them and one is there from
   * before, its keys are taken away: it is emptied once the new files are there.
   *
   * @param files from {@link #files()}
   * @param destination where to; prepared already
   * @throws DestinationException when a file cannot be written
   */
  public static void write(FileSet files, Destination destination) {
    destination.write(files);
    if (!files.names().contains(ExecCredential.CLUSTERS_FILE) && holdsClusters(destination)) {
      destination.write(
          FileSet.builder().addText(ExecCredential.CLUSTERS_FILE, NO_CLUSTERS).build());
    }
  }

  private static boolean holdsClusters(Destination destination) {
    byte[] empty = NO_CLUSTERS.getBytes(StandardCharsets.UTF_8);
    return destination
        .read(ExecCredential.CLUSTERS_FILE)
        .filter(there -> !Arrays.equals(there, empty))
        .isPresent();
  }

  /**
   * Calls {@code listener} when the files may have changed: a cluster came or went, or a credential
   * rotated. Changes that come within two seconds are told once.
   *
   * @param listener called on the bot's scheduler; must not block, what it throws is logged
   */
  public void onChange(Runnable listener) {
    fleet.onChange(new Gathering(bot.scheduler(), listener));
  }
}
