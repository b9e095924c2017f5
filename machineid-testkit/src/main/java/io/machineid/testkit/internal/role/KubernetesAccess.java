package io.machineid.testkit.internal.role;

import io.machineid.testkit.internal.role.Role.Conditions;
import io.machineid.testkit.internal.role.Role.KubernetesResource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a set of roles allows in one Kubernetes cluster. Immutable. */
public final class KubernetesAccess {

  private static final String TRAIT = "{{";

  private final List<Role> granting;
  private final boolean denied;
  private final List<Conditions> denials;

  KubernetesAccess(List<Role> roles, Map<String, String> clusterLabels) {
    denials = roles.stream().map(Role::deny).toList();
    denied =
        denials.stream()
            .anyMatch(deny -> LabelMatch.matches(deny.kubernetesLabels(), clusterLabels));
    granting =
        roles.stream()
            .filter(role -> LabelMatch.matches(role.allow().kubernetesLabels(), clusterLabels))
            .toList();
  }

  /** Whether some role names the cluster by its labels and none denies it. */
  public boolean visible() {
    return !denied && !granting.isEmpty();
  }

  /** The groups that may be impersonated, as the roles list them. */
  public Set<String> groups() {
    return principals(Conditions::kubernetesGroups);
  }

  /** The users that may be impersonated, as the roles list them. */
  public Set<String> users() {
    return principals(Conditions::kubernetesUsers);
  }

  // a bot has no traits: what is to be filled in from one comes out empty
  private Set<String> principals(Function<Conditions, List<String>> of) {
    Set<String> names = new LinkedHashSet<>();
    if (visible()) {
      granting.forEach(role -> names.addAll(of.apply(role.allow())));
    }
    names.removeIf(
        name ->
            name.contains(TRAIT)
                || denials.stream().anyMatch(deny -> Roles.anyMatches(of.apply(deny), name)));
    return names;
  }

  /**
   * Whether a verb is allowed on one object.
   *
   * @param kind the kind
   * @param namespace empty for kinds without one
   * @param name the object; empty where it has none yet
   * @param verb Teleport's verb
   */
  public boolean allows(KubernetesKind kind, String namespace, String name, String verb) {
    ObjectMatch match = new ObjectMatch(kind, namespace, name, verb);
    return visible()
        && !denials.stream().flatMap(KubernetesAccess::resources).anyMatch(match::coveredBy)
        && granting.stream().anyMatch(role -> ignores(role, kind) || grants(role, match));
  }

  private static boolean grants(Role role, ObjectMatch match) {
    return resources(role.allow()).anyMatch(match::coveredBy);
  }

  /**
   * Whether a verb may be allowed on some object, so that a list is worth asking for.
   *
   * @param kind the kind
   * @param namespace where; empty for everywhere
   * @param verb {@code list}, {@code watch} or {@code deletecollection}
   */
  public boolean mayAllow(KubernetesKind kind, String namespace, String verb) {
    return visible()
        && !coveredWhole(denials.stream(), kind, namespace, verb)
        && granting.stream()
            .anyMatch(role -> ignores(role, kind) || touches(role, kind, namespace, verb));
  }

  private static boolean touches(Role role, KubernetesKind kind, String namespace, String verb) {
    return resources(role.allow())
        .anyMatch(rule -> ObjectMatch.touches(rule, kind, namespace, verb));
  }

  /** Whether a verb is allowed on all objects of a kind in a namespace (empty: everywhere). */
  public boolean allowsAll(KubernetesKind kind, String namespace, String verb) {
    boolean mayDeny =
        denials.stream()
            .flatMap(KubernetesAccess::resources)
            .anyMatch(rule -> ObjectMatch.touches(rule, kind, namespace, verb));
    return visible()
        && !mayDeny
        && (granting.stream().anyMatch(role -> ignores(role, kind))
            || coveredWhole(granting.stream().map(Role::allow), kind, namespace, verb));
  }

  private static boolean coveredWhole(
      Stream<Conditions> sides, KubernetesKind kind, String namespace, String verb) {
    return sides
        .flatMap(KubernetesAccess::resources)
        .anyMatch(rule -> ObjectMatch.coversAll(rule, kind, namespace, verb));
  }

  private static Stream<KubernetesResource> resources(Conditions side) {
    return side.kubernetesResources().stream();
  }

  // before v7 a role speaks of pods only and leaves all else to Kubernetes' own rules
  private static boolean ignores(Role role, KubernetesKind kind) {
    return !role.version().equals("v7")
        && kind != KubernetesKind.POD
        && resources(role.allow())
            .allMatch(rule -> rule.kind().equals(KubernetesKind.POD.teleportName()));
  }
}
