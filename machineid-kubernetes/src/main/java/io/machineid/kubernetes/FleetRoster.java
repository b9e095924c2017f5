package io.machineid.kubernetes;

import io.machineid.Bot;
import io.machineid.ClosedException;
import io.machineid.ConfigException;
import io.machineid.ConnectionException;
import io.machineid.CredentialException;
import io.machineid.CredentialRequest;
import io.machineid.KubernetesCluster;
import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.HostPort;
import io.machineid.kubernetes.FleetSelection.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who is in a fleet. One look at a time; readers see the clusters of the last one. */
final class FleetRoster implements AutoCloseable {

  /** What a fleet shall be. */
  record Wishes(
      List<FleetSelection.Choice> selectors,
      CredentialRequest request,
      boolean common,
      ContextNameTemplate template,
      Optional<HostPort> relay,
      int concurrency) {

    List<String> roles() {
      return request.roles();
    }
  }

  /** Who is told of a fleet: what happened, and that something may be different now. */
  record Listeners(Consumer<FleetEvent> events, Runnable changed) {

    void accept(FleetEvent event) {
      events.accept(event);
      if (!(event instanceof FleetEvent.Issuing)) {
        changed.run();
      }
    }
  }

  private final Bot bot;
  private final Wishes wishes;
  private final Listeners events;
  private final FleetCluster.Fleet fleet;
  private volatile List<FleetCluster> clusters = List.of();
  private volatile @Nullable LiveCredential shared;
  private volatile @Nullable FleetRun<?> issuing;

  FleetRoster(Bot bot, Wishes wishes, Listeners events) {
    this.bot = bot;
    this.wishes = wishes;
    this.events = events;
    this.fleet = new FleetCluster.Fleet(bot.identity().clusterName(), Opening.surroundings(bot));
  }

  List<FleetCluster> clusters() {
    return clusters;
  }

  /** Lists the clusters and issues what is missing; for some time at most, after the list. */
  void look(Duration longest) {
    wishes.relay().ifPresent(relay -> RelayRouting.check(bot.proxyVersion()));
    if (wishes.common() && shared == null) {
      keep(bot.credential(wishes.request())); // it also serves to list the clusters with
    }
    List<KubernetesCluster> visible = bot.kubernetesClusters(wishes.roles());
    FleetIssuer issuer =
        new FleetIssuer(
            bot,
            wishes.request(),
            new FleetIssuer.Ways(bot.kubernetesEndpoint(), wishes.relay()),
            bot.proxyVersion());
    adopt(FleetSelection.of(wishes.selectors(), visible, wishes.roles()));
    issue(named(), issuer, longest);
  }

  private void keep(LiveCredential credential) {
    shared = credential;
    credential.onRotation(rotated -> events.changed().run());
  }

  /** The credential that names no cluster, where there is one. */
  Optional<LiveCredential> common() {
    return Optional.ofNullable(shared);
  }

  private void adopt(FleetSelection selection) {
    List<Object> before = described();
    Map<String, FleetCluster> real = known(false);
    Map<String, FleetCluster> imagined = known(true);
    List<FleetCluster> now = new ArrayList<>();
    selection.found().values().forEach(match -> now.add(adopted(match, real)));
    selection.missing().forEach((name, why) -> now.add(missing(name, why, imagined)));
    clusters = List.copyOf(now);
    if (!before.equals(described())) {
      events.changed().run();
    }
    imagined.values().forEach(FleetCluster::remove);
    real.values()
        .forEach(
            gone -> {
              gone.remove();
              events.accept(new FleetEvent.Removed(gone));
            });
  }

  /** What of the clusters can be seen in files. */
  private List<Object> described() {
    return clusters.stream()
        .<Object>map(each -> List.of(each.contextName(), each.defaultNamespace()))
        .toList();
  }

  private Map<String, FleetCluster> known(boolean imagined) {
    return clusters.stream()
        .filter(each -> each.isImagined() == imagined)
        .collect(
            Collectors.toMap(
                each -> each.cluster().name(),
                Function.identity(),
                (one, other) -> one,
                LinkedHashMap::new));
  }

  private FleetCluster adopted(Match match, Map<String, FleetCluster> known) {
    FleetCluster cluster = known.remove(match.cluster().name());
    if (cluster == null) {
      return FleetCluster.of(fleet, match, wishes.template());
    }
    cluster.describe(match);
    return cluster;
  }

  private FleetCluster missing(
      String name, CredentialException why, Map<String, FleetCluster> known) {
    FleetCluster cluster = known.remove(name);
    if (cluster == null) {
      Match match = new Match(new KubernetesCluster(name, Map.of()), Optional.empty(), true);
      cluster = FleetCluster.missing(fleet, match);
    }
    fail(cluster, why);
    return cluster;
  }

  /** Those that still need a credential, apart from those that cannot have a context. */
  private List<FleetCluster> named() {
    Map<String, FleetCluster> owners = new LinkedHashMap<>();
    clusters.stream()
        .filter(FleetCluster::isReady)
        .forEach(each -> owners.put(each.contextName(), each));
    List<FleetCluster> named = new ArrayList<>();
    for (FleetCluster cluster : clusters) {
      if (!cluster.isReady() && !cluster.isImagined()) {
        FleetCluster owner = owners.putIfAbsent(cluster.contextName(), cluster);
        if (owner == null) {
          named.add(cluster);
        } else {
          fail(cluster, taken(cluster, owner));
        }
      }
    }
    return named;
  }

  private static ConfigException taken(FleetCluster cluster, FleetCluster owner) {
    return new ConfigException(
        "the Kubernetes clusters \"%s\" and \"%s\" would both have the context \"%s\". Put {{.KubeName}} into context_name_template"
            .formatted(owner.cluster().name(), cluster.cluster().name(), owner.contextName()),
        null);
  }

  private void issue(List<FleetCluster> wanting, FleetIssuer issuer, Duration longest) {
    if (wanting.isEmpty()) {
      return;
    }
    LiveCredential known = shared;
    LiveCredential lender = issuer.shared(wanting, known);
    if (lender != null && known == null) {
      keep(lender);
    }
    FleetRun<LiveCredential> run =
        FleetRun.start(
            wanting,
            cluster -> issued(cluster, issuer),
            wishes.concurrency(),
            step -> settled(step, longest));
    issuing = run;
    try {
      List<?> unused = run.await(longest.toNanos());
    } catch (InterruptedException e) {
      run.cancel();
      Thread.currentThread().interrupt();
      throw new ConnectionException(
          Reason.TIMEOUT, true, "the thread that waited for the fleet was interrupted", e);
    }
  }

  private @Nullable LiveCredential issued(FleetCluster cluster, FleetIssuer issuer) {
    FleetIssuer.Issued issued = issuer.issue(cluster.cluster());
    if (cluster.give(issued.credential(), issued.endpoint())) {
      if (!cluster.isByPath()) {
        issued.credential().onRotation(rotated -> events.changed().run());
      }
      events.accept(new FleetEvent.Added(cluster));
      return issued.credential();
    }
    issued.credential().close();
    return null;
  }

  private void settled(FleetProgress<?> step, Duration longest) {
    FleetCluster cluster = step.latest().cluster();
    step.latest().error().ifPresent(why -> fail(cluster, typed(cluster, why, longest)));
    events.accept(new FleetEvent.Issuing(step.done(), step.total()));
  }

  private void fail(FleetCluster cluster, MachineIdException why) {
    if (cluster.fail(why)) {
      events.accept(new FleetEvent.Failed(cluster, why));
    }
  }

  private static MachineIdException typed(FleetCluster cluster, Throwable why, Duration longest) {
    if (why instanceof MachineIdException typed) {
      return typed;
    }
    if (why instanceof CancellationException) {
      return new ClosedException("the fleet");
    }
    String name = cluster.cluster().name();
    return why instanceof TimeoutException
        ? new CredentialException(
            Reason.TIMEOUT,
            true,
            "no certificate for the Kubernetes cluster \"%s\" within %s; it is tried again at the next look"
                .formatted(name, longest),
            why)
        : new CredentialException(
            Reason.INTERNAL,
            true,
            "no certificate for the Kubernetes cluster \"%s\", unexpectedly: %s"
                .formatted(name, why),
            why);
  }

  @Override
  public void close() {
    FleetRun<?> running = issuing;
    if (running != null) {
      running.cancel();
    }
    clusters.forEach(FleetCluster::remove);
    LiveCredential lent = shared;
    if (lent != null) {
      lent.close();
    }
  }
}
