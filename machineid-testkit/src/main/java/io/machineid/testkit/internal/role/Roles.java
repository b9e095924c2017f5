package io.machineid.testkit.internal.role;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What a set of roles allows outside of one Kubernetes cluster. A role that denies wins over all
 * that allow.
 */
public final class Roles {

  private final List<Role> roles;

  /** The roles that somebody holds. */
  public Roles(Collection<Role> roles) {
    this.roles = List.copyOf(roles);
  }

  /** Whether a holder may ask for certificates with another role. */
  public boolean mayImpersonate(String role) {
    return roles.stream().noneMatch(r -> anyMatches(r.deny().impersonateRoles(), role))
        && roles.stream().anyMatch(r -> anyMatches(r.allow().impersonateRoles(), role));
  }

  /** What a holder may do in a Kubernetes cluster. */
  public KubernetesAccess inCluster(Map<String, String> clusterLabels) {
    return new KubernetesAccess(roles, clusterLabels);
  }

  static boolean anyMatches(List<String> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> NamePattern.matches(pattern, name));
  }
}
