package io.machineid.testkit.internal.role;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Teleport role, as far as bots and Kubernetes are concerned.
 *
 * @param name its name
 * @param version {@code v3} to {@code v7}; what {@code kubernetes_resources} mean depends on it
 * @param maxSessionTtl the longest certificate that holds this role
 * @param allow what it grants
 * @param deny what it takes away, over all roles
 */
public record Role(
    String name, String version, Duration maxSessionTtl, Conditions allow, Conditions deny) {

  /**
   * One side of a role.
   *
   * @param kubernetesLabels clusters it is about: label to allowed values, {@code *} for any
   * @param kubernetesGroups groups to impersonate
   * @param kubernetesUsers users to impersonate
   * @param kubernetesResources objects it is about
   * @param impersonateRoles roles that the holder may ask certificates for
   */
  public record Conditions(
      Map<String, List<String>> kubernetesLabels,
      List<String> kubernetesGroups,
      List<String> kubernetesUsers,
      List<KubernetesResource> kubernetesResources,
      List<String> impersonateRoles) {

    /** Copies. */
    public Conditions {
      kubernetesLabels = Map.copyOf(kubernetesLabels);
      kubernetesGroups = List.copyOf(kubernetesGroups);
      kubernetesUsers = List.copyOf(kubernetesUsers);
      kubernetesResources = List.copyOf(kubernetesResources);
      impersonateRoles = List.copyOf(impersonateRoles);
    }

    /** Nothing at all. */
    public static Conditions none() {
      return new Conditions(Map.of(), List.of(), List.of(), List.of(), List.of());
    }
  }

  /**
   * Which objects of a cluster. Names and namespaces are exact, hold {@code *}, or are {@code
   * ^regex$}.
   *
   * @param kind Teleport's name of the kind, or {@code *}
   * @param namespace the namespace; empty for kinds without one
   * @param name the object's name
   * @param verbs Kubernetes verbs, or {@code *}
   */
  public record KubernetesResource(String kind, String namespace, String name, List<String> verbs) {

    /** Copies. */
    public KubernetesResource {
      verbs = List.copyOf(verbs);
    }
  }
}
