package io.machineid.testkit.internal.role;

import io.machineid.testkit.internal.role.Role.Conditions;
import io.machineid.testkit.internal.role.Role.KubernetesResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the two sides of a role and fills in what its version implies. */
final class ConditionsReader {

  private static final String ANY = "*";

  private static final Set<String> VERBS =
      Set.of(
          ANY,
          "get",
          "list",
          "watch",
          "create",
          "update",
          "patch",
          "delete",
          "deletecollection",
          "exec",
          "portforward");

  private final String role;
  private final String version;
  private final List<String> warnings;

  ConditionsReader(String role, String version, List<String> warnings) {
    this.role = role;
    this.version = version;
    this.warnings = warnings;
  }

  Conditions allow(RoleNode node) {
    Conditions read = read(node);
    if (!read.kubernetesLabels().isEmpty()
        && read.kubernetesGroups().isEmpty()
        && read.kubernetesUsers().isEmpty()) {
      warn(
          "no kubernetes_groups and no kubernetes_users: a real cluster refuses every Kubernetes request");
    }
    if (!read.kubernetesResources().isEmpty()) {
      return read;
    }
    return new Conditions(
        read.kubernetesLabels(),
        read.kubernetesGroups(),
        read.kubernetesUsers(),
        List.of(everyObject(version.equals("v7") ? ANY : KubernetesKind.POD.teleportName())),
        read.impersonateRoles());
  }

  Conditions deny(RoleNode node) {
    return read(node);
  }

  private static KubernetesResource everyObject(String kind) {
    return new KubernetesResource(kind, ANY, ANY, List.of(ANY));
  }

  private Conditions read(RoleNode node) {
    return new Conditions(
        node.at("kubernetes_labels").labels(),
        patterns(node.at("kubernetes_groups")),
        patterns(node.at("kubernetes_users")),
        resources(node.at("kubernetes_resources")),
        patterns(node.at("impersonate").at("roles")));
  }

  private static List<String> patterns(RoleNode node) {
    List<String> texts = node.texts();
    texts.forEach(text -> checkPattern(node, text));
    return texts;
  }

  private List<KubernetesResource> resources(RoleNode list) {
    List<KubernetesResource> resources = new ArrayList<>();
    for (RoleNode node : list.items()) {
      resources.add(resource(node));
    }
    return resources;
  }

  private KubernetesResource resource(RoleNode node) {
    String kind = kind(node.at("kind"));
    String namespace = pattern(node.at("namespace"));
    String name = pattern(node.at("name"));
    if (name.isEmpty()) {
      throw node.at("name").bad("is missing");
    }
    checkNamespace(node.at("namespace"), kind, namespace);
    return new KubernetesResource(kind, namespace, name, verbs(node));
  }

  private String kind(RoleNode node) {
    String kind = node.requiredText();
    if (!kind.equals(ANY) && KubernetesKind.ofTeleportName(kind).isEmpty()) {
      throw node.bad("no kind that Teleport knows: " + kind);
    }
    if (!version.equals("v7") && !kind.equals(KubernetesKind.POD.teleportName())) {
      warn(
          "a real cluster refuses this role: KubernetesResource \"%s\" is not supported in role version \"%s\". "
                  .formatted(kind, version)
              + "Upgrade the role version to \"v7\". Loaded here as it was meant, with all verbs");
    }
    return kind;
  }

  private static void checkNamespace(RoleNode node, String kind, String namespace) {
    boolean namespaced =
        KubernetesKind.ofTeleportName(kind).map(KubernetesKind::namespaced).orElse(true);
    if (namespaced && namespace.isEmpty()) {
      throw node.bad("is missing");
    }
  }

  private List<String> verbs(RoleNode resource) {
    RoleNode node = resource.at("verbs");
    List<String> verbs = node.texts();
    verbs.stream()
        .filter(verb -> !VERBS.contains(verb))
        .findFirst()
        .ifPresent(
            verb -> {
              throw node.bad("no verb that Teleport knows: " + verb);
            });
    if (!version.equals("v7")) {
      return List.of(ANY);
    }
    if (verbs.isEmpty()) {
      warn(
          resource.path()
              + " has no verbs: in version v7 it matches nothing, here as in a real cluster");
    }
    return verbs;
  }

  private static String pattern(RoleNode node) {
    String text = node.text("");
    checkPattern(node, text);
    return text;
  }

  private static void checkPattern(RoleNode node, String text) {
    try {
      NamePattern.of(text);
    } catch (IllegalArgumentException e) {
      throw node.bad(e);
    }
  }

  private void warn(String text) {
    warnings.add("role " + role + ": " + text);
  }
}
