package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who may do what, by the roles and bindings in the store. */
final class Rbac {

  private static final String GROUP = "rbac.authorization.k8s.io";

  private final RbacMode mode;
  private final ObjectStore store;
  private final TypeRegistry types;

  Rbac(RbacMode mode, ObjectStore store, TypeRegistry types) {
    this.mode = mode;
    this.store = store;
    this.types = types;
  }

  /** Refuses what is not allowed. */
  void require(Caller caller, Attributes attributes) {
    if (!allows(caller, attributes)) {
      throw forbidden(caller, attributes);
    }
  }

  boolean allows(Caller caller, Attributes attributes) {
    return unlimited(caller)
        || rules(caller, attributes.namespace()).stream()
            .anyMatch(rule -> matches(rule, attributes));
  }

  private boolean unlimited(Caller caller) {
    return mode == RbacMode.OFF || caller.groups().contains(Caller.MASTERS);
  }

  /** The rules that hold for somebody in a namespace. */
  List<JsonNode> rules(Caller caller, String namespace) {
    if (unlimited(caller)) {
      return List.of(rule("apiGroups", "resources"), rule("nonResourceURLs"));
    }
    List<JsonNode> rules = new ArrayList<>();
    collect(caller, type("clusterrolebindings"), "", rules);
    if (!namespace.isEmpty()) {
      collect(caller, type("rolebindings"), namespace, rules);
    }
    return rules;
  }

  private static ObjectNode rule(String... fields) {
    ObjectNode rule = Json.object();
    rule.putArray("verbs").add("*");
    for (String field : fields) {
      rule.putArray(field).add("*");
    }
    return rule;
  }

  private void collect(
      Caller caller, ResourceType bindings, String namespace, List<JsonNode> rules) {
    for (ObjectNode binding : store.list(bindings, namespace).objects()) {
      for (JsonNode subject : binding.path("subjects")) {
        if (means(subject, caller, namespace)) {
          role(binding, namespace).ifPresent(role -> role.path("rules").forEach(rules::add));
        }
      }
    }
  }

  private Optional<ObjectNode> role(ObjectNode binding, String namespace) {
    String name = Json.text(binding, "roleRef", "name");
    return Json.text(binding, "roleRef", "kind").equals("Role")
        ? store.get(type("roles"), new ObjectStore.Key(namespace, name))
        : store.get(type("clusterroles"), new ObjectStore.Key("", name));
  }

  private static boolean means(JsonNode subject, Caller caller, String namespace) {
    String name = Json.text(subject, "name");
    return switch (Json.text(subject, "kind")) {
      case "User" -> caller.user().equals(name);
      case "Group" -> caller.groups().contains(name);
      case "ServiceAccount" -> {
        String home = Json.text(subject, "namespace");
        home = home.isEmpty() ? namespace : home;
        yield caller.user().equals("system:serviceaccount:" + home + ":" + name);
      }
      default -> false;
    };
  }

  private ResourceType type(String plural) {
    return types
        .byPlural(GROUP, "v1", plural)
        .orElseThrow(() -> new IllegalStateException("no kind " + plural));
  }

  private static boolean matches(JsonNode rule, Attributes attributes) {
    if (!has(rule, "verbs", attributes.verb())) {
      return false;
    }
    if (!attributes.path().isEmpty()) {
      return Json.textList(rule.path("nonResourceURLs")).stream()
          .anyMatch(url -> covers(url, attributes.path()));
    }
    return has(rule, "apiGroups", attributes.group())
        && resource(rule, attributes.resource())
        && (rule.path("resourceNames").isEmpty()
            || Json.textList(rule.path("resourceNames")).contains(attributes.name()));
  }

  private static boolean resource(JsonNode rule, String resource) {
    int slash = resource.indexOf('/');
    return has(rule, "resources", resource)
        || (slash > 0
            && Json.textList(rule.path("resources")).contains("*" + resource.substring(slash)));
  }

  private static boolean has(JsonNode rule, String field, String value) {
    List<String> values = Json.textList(rule.path(field));
    return values.contains("*") || values.contains(value);
  }

  private static boolean covers(String url, String path) {
    return url.endsWith("*")
        ? path.startsWith(url.substring(0, url.length() - 1))
        : path.equals(url);
  }

  private static ApiError forbidden(Caller caller, Attributes wanted) {
    String who = "User \"" + caller.user() + "\" cannot " + wanted.verb() + " ";
    if (!wanted.path().isEmpty()) {
      String message = "forbidden: " + who + "path \"" + wanted.path() + "\"";
      return ApiError.forbidden(message, Json.object());
    }
    String plural = wanted.resource().replaceFirst("/.*", "");
    String qualified = wanted.group().isEmpty() ? plural : plural + "." + wanted.group();
    String name = wanted.name().isEmpty() ? "" : " \"" + wanted.name() + "\"";
    String where =
        wanted.namespace().isEmpty()
            ? " at the cluster scope"
            : " in the namespace \"" + wanted.namespace() + "\"";
    ObjectNode details = Json.object();
    if (!wanted.name().isEmpty()) {
      details.put("name", wanted.name());
    }
    if (!wanted.group().isEmpty()) {
      details.put("group", wanted.group());
    }
    return ApiError.forbidden(
        qualified
            + name
            + " is forbidden: "
            + who
            + "resource \""
            + wanted.resource()
            + "\" in API group \""
            + wanted.group()
            + "\""
            + where,
        details.put("kind", plural));
  }
}
