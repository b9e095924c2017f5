package io.machineid.testkit.internal.state;

import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Roles;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** What the cluster knows. Thread-safe. */
public final class ClusterState {

  private final Personality personality;
  private final Bots bots;
  private final Heartbeats heartbeats = new Heartbeats();
  private final FaultPlan faults = new FaultPlan();
  private final Map<String, Role> roles = new ConcurrentHashMap<>();
  private final Map<String, KubernetesCluster> kubernetesClusters = new ConcurrentSkipListMap<>();

  /** Nothing yet. */
  public ClusterState(Personality personality, InstantSource clock) {
    this.personality = personality;
    bots = new Bots(clock);
  }

  /** Which version of Teleport it is. */
  public Personality personality() {
    return personality;
  }

  /** What bots told of themselves. */
  public Heartbeats heartbeats() {
    return heartbeats;
  }

  /** Bots, tokens, locks. */
  public Bots bots() {
    return bots;
  }

  /** What shall go wrong. */
  public FaultPlan faults() {
    return faults;
  }

  /** Creates a role or replaces it. */
  public void putRole(Role role) {
    roles.put(role.name(), role);
  }

  /** A role by name; those of bots are made up from the bots. */
  public Optional<Role> role(String name) {
    return Optional.ofNullable(roles.get(name)).or(() -> bots.ofUser(name).map(Bot::role));
  }

  /** Those of the named roles that exist. */
  public List<Role> existingRoles(Collection<String> names) {
    return names.stream().map(this::role).flatMap(Optional::stream).toList();
  }

  /** What a holder of the named roles may do; names of roles that are gone count for nothing. */
  public Roles rights(Collection<String> roleNames) {
    return new Roles(existingRoles(roleNames));
  }

  /** Enrols a Kubernetes cluster. */
  public void addKubernetesCluster(KubernetesCluster cluster) {
    if (kubernetesClusters.putIfAbsent(cluster.name(), cluster) != null) {
      throw new IllegalArgumentException(
          "there is a Kubernetes cluster " + cluster.name() + " already");
    }
  }

  /** Takes a Kubernetes cluster away and closes its API. */
  public void removeKubernetesCluster(String name) {
    KubernetesCluster cluster = kubernetesClusters.remove(name);
    if (cluster == null) {
      throw new IllegalArgumentException("there is no Kubernetes cluster " + name);
    }
    cluster.backend().close();
  }

  /** By name. */
  public Optional<KubernetesCluster> kubernetesCluster(String name) {
    return Optional.ofNullable(kubernetesClusters.get(name));
  }

  /** All, by name. */
  public List<KubernetesCluster> kubernetesClusters() {
    return List.copyOf(kubernetesClusters.values());
  }
}
