package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.CredentialRequest;
import io.machineid.MachineIdException;
import io.machineid.config.CredentialLifetime;
import io.machineid.config.KubernetesSelector;
import io.machineid.config.NameTemplate;
import io.machineid.kubernetes.FleetCluster;
import io.machineid.kubernetes.FleetEvent;
import io.machineid.kubernetes.FleetOutput;
import io.machineid.kubernetes.KubernetesFleet;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An output for many clusters: follows them while it is open. */
abstract class FleetWriter implements OutputWriter {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  /** A cluster that has no certificate by then is tried again, or with oneshot has failed. */
  private static final Duration LONGEST_ISSUING = Duration.ofMinutes(10);

  private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int SHOWN = 5;
  private static final int MANY = 50;
  private static final int STEPS = 10;

  /**
   * Which clusters.
   *
   * @param selectors chooses them
   * @param template names them
   * @param lifetime their credentials' own lifetime
   * @param relay what takes requests in place of the proxy
   */
  record Clusters(
      List<KubernetesSelector> selectors,
      NameTemplate template,
      Optional<CredentialLifetime> lifetime,
      Optional<String> relay) {}

  private final Clusters clusters;
  private final Duration renewalInterval;
  private volatile @Nullable KubernetesFleet opened;

  /**
   * For clusters.
   *
   * @param general the lifetime of credentials where the clusters have none of their own
   */
  FleetWriter(Clusters clusters, CredentialLifetime general) {
    this.clusters = clusters;
    this.renewalInterval = clusters.lifetime().orElse(general).renewalInterval();
  }

  /** What writes the clusters of a fleet as they are; does nothing where nothing has changed. */
  interface Writing {

    /** Writes; returns whether there was anything to write. */
    boolean write();
  }

  abstract Writing writing(Bot bot, KubernetesFleet fleet, FleetOutput output);

  @Override
  public boolean asks(CredentialRequest request) {
    KubernetesFleet fleet = opened;
    CredentialRequest common = Lifetimes.of(CredentialRequest.forRoles(), clusters.lifetime());
    return fleet != null
        && (request.equals(common)
            || fleet.clusters().stream()
                .map(each -> common.forKubernetesCluster(each.cluster().name()))
                .anyMatch(request::equals));
  }

  @Override
  public boolean looksAgain() {
    return true;
  }

  @Override
  public Open open(Bot bot) {
    KubernetesFleet.Builder builder =
        KubernetesFleet.builder(bot)
            .commonCredential()
            .contextNameTemplate(clusters.template())
            .refreshInterval(lookAgain())
            .listener(this::tell);
    clusters.selectors().forEach(builder::select);
    clusters
        .lifetime()
        .ifPresent(own -> builder.credentialLifetime(Lifetimes.ttl(own), own.renewalInterval()));
    clusters.relay().ifPresent(builder::relay);
    KubernetesFleet fleet = builder.open(LONGEST_ISSUING);
    opened = fleet;
    FleetOutput output = FleetOutput.of(bot, fleet);
    return new OpenFleet(fleet, output, writing(bot, fleet, output), describe());
  }

  /** As often as tbot, which looks at each renewal, or more often. */
  private Duration lookAgain() {
    Duration atMost = renewalInterval.compareTo(LOOK_AGAIN) < 0 ? renewalInterval : LOOK_AGAIN;
    return atMost.compareTo(SHORTEST) < 0 ? SHORTEST : atMost;
  }

  private void tell(FleetEvent event) {
    if (event instanceof FleetEvent.Issuing step) {
      tell(step);
    } else if (event instanceof FleetEvent.Added added) {
      LOG.log(Level.DEBUG, "{0}: {1} is there", describe(), name(added.cluster()));
    } else if (event instanceof FleetEvent.Removed removed) {
      LOG.log(Level.INFO, "{0}: {1} has left", describe(), name(removed.cluster()));
    } else if (event instanceof FleetEvent.Failed failed) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} cannot be used: {2}",
          describe(),
          name(failed.cluster()),
          CommandLines.oneLine(failed.error().getMessage()));
    } else if (event instanceof FleetEvent.LookFailed failed) {
      LOG.log(
          Level.WARNING,
          "{0}: the clusters cannot be listed, what there is stays: {1}",
          describe(),
          CommandLines.oneLine(failed.error().getMessage()));
    }
  }

  /** Only where it takes a while. */
  private void tell(FleetEvent.Issuing step) {
    if (step.total() >= MANY && step.done() % (step.total() / STEPS) == 0) {
      LOG.log(
          Level.INFO,
          "{0}: certificates for {1} of {2} clusters are there",
          describe(),
          step.done(),
          step.total());
    }
  }

  private static String name(FleetCluster cluster) {
    return "Kubernetes cluster " + cluster.cluster().name();
  }

  /** The clusters, followed. */
  private record OpenFleet(
      KubernetesFleet fleet, FleetOutput output, Writing writing, String description)
      implements Open {

    @Override
    public void onChange(Runnable listener) {
      output.onChange(listener);
    }

    @Override
    public void refresh() {
      fleet.refresh();
    }

    @Override
    public void write() {
      if (writing.write()) {
        LOG.log(
            Level.INFO,
            "wrote {0}, {1} clusters, valid until {2}",
            description,
            fleet.clusters().stream().filter(each -> each.error().isEmpty()).count(),
            notAfter());
      }
    }

    @Override
    public Instant notAfter() {
      return output.notAfter();
    }

    @Override
    public Optional<String> problem() {
      List<String> problems =
          Stream.concat(
                  fleet.lastError().stream().map(MachineIdException::getMessage),
                  fleet.clusters().stream().flatMap(OpenFleet::problem))
              .map(CommandLines::oneLine)
              .toList();
      String more = problems.size() > SHOWN ? "; and " + (problems.size() - SHOWN) + " more" : "";
      return problems.isEmpty()
          ? Optional.empty()
          : Optional.of(String.join("; ", problems.stream().limit(SHOWN).toList()) + more);
    }

    private static Stream<String> problem(FleetCluster cluster) {
      return cluster.error().stream().map(why -> name(cluster) + ": " + why.getMessage());
    }

    @Override
    public void requireAll() {
      fleet.clusters().stream()
          .filter(FleetCluster::selectedByName)
          .flatMap(each -> each.error().stream())
          .findFirst()
          .ifPresent(
              why -> {
                throw why;
              });
    }

    @Override
    public void close() {
      fleet.close();
    }
  }
}
