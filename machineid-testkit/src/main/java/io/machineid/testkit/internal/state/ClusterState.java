package io.machineid.testkit.internal.state;

import io.machineid.testkit.internal.join.BoundKeypairs;
import io.machineid.testkit.internal.join.Evidence;
import io.machineid.testkit.internal.join.ProvisionToken;
import io.machineid.testkit.internal.pki.SignatureSuite;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Roles;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the cluster knows. Thread-safe. */
public final class ClusterState {

  private final TeleportVersion version;
  private final String oldestClient;
  private final List<String> kindnesses = new CopyOnWriteArrayList<>();
  private final SignatureSuite suite;
  private final Heartbeats heartbeats = new Heartbeats();
  private final Evidence evidence;
  private final BoundKeypairs boundKeypairs;
  private final InstantSource clock;
  private final Bots bots;
  private final Map<String, ProvisionToken> tokens = new ConcurrentHashMap<>();
  private final FaultPlan faults = new FaultPlan();
  private final Map<String, Role> roles = new ConcurrentHashMap<>();
  private final Map<String, KubernetesCluster> kubernetesClusters = new ConcurrentSkipListMap<>();
  private final Map<String, Leaf> leaves = new ConcurrentHashMap<>();

  /** Nothing yet, as is usual for the version. */
  public ClusterState(String clusterName, TeleportVersion version, InstantSource clock) {
    this(clusterName, version, version.usualSuite(), version.oldestClient(), clock);
  }

  /**
   * Nothing yet.
   *
   * @param oldestClient the oldest version of clients that it takes
   */
  public ClusterState(
      String clusterName,
      TeleportVersion version,
      SignatureSuite suite,
      String oldestClient,
      InstantSource clock) {
    this.version = version;
    this.suite = suite;
    this.oldestClient = oldestClient;
    this.clock = clock;
    evidence = new Evidence(clusterName, clock);
    boundKeypairs = new BoundKeypairs(clusterName, clock);
    bots = new Bots(clock, version.hasBotInstances());
  }

  /**
   * A cluster that trusts this one, and that this one sends requests on to.
   *
   * @param state what it knows
   * @param roles which roles of this cluster it takes for its own of the same name
   */
  public record Leaf(ClusterState state, Set<String> roles) {

    /** Copies. */
    public Leaf {
      roles = Set.copyOf(roles);
    }
  }

  /** Adds a leaf, or replaces it. */
  public void addLeaf(String name, Leaf leaf) {
    leaves.put(name, leaf);
  }

  /** A leaf by its name. */
  public Optional<Leaf> leaf(String name) {
    return Optional.ofNullable(leaves.get(name));
  }

  /** Which Teleport it is like. */
  public TeleportVersion version() {
    return version;
  }

  /** The oldest version of clients that it says it takes. */
  public String oldestClient() {
    return oldestClient;
  }

  /** Takes note that a real cluster might have been less kind. */
  public void wasKind(String how) {
    if (!kindnesses.contains(how)) {
      kindnesses.add(how);
    }
  }

  /** Where it was kinder than a real one may be. */
  public List<String> kindnesses() {
    return List.copyOf(kindnesses);
  }

  /** The kinds of keys that clients are told to make, where they are told. */
  public Optional<SignatureSuite> suite() {
    return version.hasSignatureSuites() ? Optional.of(suite) : Optional.empty();
  }

  /** What bots told of themselves. */
  public Heartbeats heartbeats() {
    return heartbeats;
  }

  /** What is presented by those who join. */
  public Evidence evidence() {
    return evidence;
  }

  /** Creates a token resource or replaces it. */
  public void putToken(ProvisionToken token) {
    if (token.method().equals("token")) {
      bots.putToken(token.name(), token.botName(), token.expires().orElse(Instant.MAX));
    } else {
      if (token.method().equals("bound_keypair")) {
        boundKeypairs.put(token);
      }
      tokens.put(token.name(), token);
    }
  }

  /** Takes a token resource away. */
  public void removeToken(String name) {
    bots.removeToken(name);
    tokens.remove(name);
    boundKeypairs.remove(name);
  }

  /** A token resource that has not ended, of another method than {@code token}. */
  public Optional<ProvisionToken> token(String name) {
    return Optional.ofNullable(tokens.get(name))
        .filter(token -> token.expires().filter(end -> !clock.instant().isBefore(end)).isEmpty());
  }

  /** What is noted of key pairs that token resources are bound to. */
  public BoundKeypairs boundKeypairs() {
    return boundKeypairs;
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
