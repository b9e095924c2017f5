package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.kubeproxy.KubeProxy;
import io.machineid.testkit.internal.kubeproxy.KubeProxy.Target;
import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.state.ClusterState;
import java.util.Optional;

/** What the Kubernetes side asks of the cluster. */
final class KubernetesAccess implements KubeProxy.Access {

  private final ClusterState state;

  KubernetesAccess(ClusterState state) {
    this.state = state;
  }

  @Override
  public Optional<Role> role(String name) {
    return state.role(name);
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
    return state.personality().routesByPath();
  }
}
