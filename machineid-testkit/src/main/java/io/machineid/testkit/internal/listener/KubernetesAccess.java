package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.kubeproxy.KubeProxy;
import io.machineid.testkit.internal.kubeproxy.KubeProxy.Target;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.state.ClusterState;
import java.util.Optional;
import java.util.function.Predicate;

/** What the Kubernetes side asks of the cluster. */
final class KubernetesAccess implements KubeProxy.Access {

  private final ClusterState state;
  private final Predicate<String> knownRoles;

  KubernetesAccess(ClusterState state) {
    this(state, role -> true);
  }

  /**
   * For who comes from elsewhere.
   *
   * @param knownRoles which of their roles mean something here
   */
  private KubernetesAccess(ClusterState state, Predicate<String> knownRoles) {
    this.state = state;
    this.knownRoles = knownRoles;
  }

  @Override
  public Optional<Role> role(String name) {
    return Optional.of(name).filter(knownRoles).flatMap(state::role);
  }

  @Override
  public Optional<KubeProxy.Access> leaf(String name) {
    return state.leaf(name).map(leaf -> new KubernetesAccess(leaf.state(), leaf.roles()::contains));
  }

  @Override
  public boolean locked(String user) {
    return state.bots().locked(user);
  }

  @Override
  public Optional<Target> kubernetesCluster(String name) {
    return state
        .kubernetesCluster(name)
        .map(cluster -> new Target(cluster.name(), cluster.labels(), cluster.backend()));
  }

  @Override
  public boolean routesByPath() {
    return state.version().routesByPath();
  }
}
