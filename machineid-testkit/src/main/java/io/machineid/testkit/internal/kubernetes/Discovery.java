package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** What the API serves, as clients ask for it before anything else. */
final class Discovery {

  private static final List<String> READ_WRITE = List.of("get", "patch", "update");

  private final TypeRegistry types;

  Discovery(TypeRegistry types) {
    this.types = types;
  }

  /** {@code /api}. */
  ObjectNode coreVersions() {
    ObjectNode versions = Json.object().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    versions
        .putArray("serverAddressByClientCIDRs")
        .addObject()
        .put("clientCIDR", "0.0.0.0/0")
        .put("serverAddress", "127.0.0.1:6443");
    return versions;
  }

  /** {@code /apis}. */
  ObjectNode groups() {
    ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = list.putArray("groups");
    types.groups().forEach((group, versions) -> groups.add(group(group, versions)));
    return list;
  }

  /** {@code /apis/<group>}. */
  ObjectNode group(String group) {
    Set<String> versions = types.groups().get(group);
    if (versions == null) {
      throw ApiError.unknownPath();
    }
    ObjectNode answer = Json.object().put("kind", "APIGroup").put("apiVersion", "v1");
    return answer.setAll(group(group, versions));
  }

  private static ObjectNode group(String group, Set<String> versions) {
    ObjectNode node = Json.object().put("name", group);
    ArrayNode list = node.putArray("versions");
    for (String version : versions) {
      list.addObject().put("groupVersion", group + "/" + version).put("version", version);
    }
    node.set("preferredVersion", list.get(0).deepCopy());
    return node;
  }

  /** {@code /api/v1} and {@code /apis/<group>/<version>}. */
  ObjectNode resources(String group, String version) {
    List<ResourceType> served = types.of(group, version);
    if (served.isEmpty()) {
      throw ApiError.unknownPath();
    }
    ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", ResourceType.apiVersion(group, version));
    ArrayNode resources = list.putArray("resources");
    for (ResourceType type : served) {
      resources.add(resource(type));
      type.subresources().forEach(name -> resources.add(subresource(type, name)));
    }
    return list;
  }

  private static ObjectNode resource(ResourceType type) {
    ObjectNode resource = Json.object();
    resource.put("name", type.plural()).put("singularName", type.singular());
    resource.put("namespaced", type.namespaced()).put("kind", type.kind());
    resource.set("verbs", Json.strings(type.verbs()));
    if (!type.shortNames().isEmpty()) {
      resource.set("shortNames", Json.strings(type.shortNames()));
    }
    if (!type.categories().isEmpty()) {
      resource.set("categories", Json.strings(type.categories()));
    }
    return resource;
  }

  private static ObjectNode subresource(ResourceType type, String name) {
    ObjectNode resource = Json.object();
    resource.put("name", type.plural() + "/" + name).put("singularName", "");
    resource.put("namespaced", type.namespaced());
    if (name.equals("scale")) {
      resource.put("group", "autoscaling").put("version", "v1");
    }
    return resource.put("kind", kind(type, name)).set("verbs", Json.strings(verbs(name)));
  }

  private static String kind(ResourceType type, String subresource) {
    return switch (subresource) {
      case "scale" -> "Scale";
      case "eviction" -> "Eviction";
      case "binding" -> "Binding";
      case "exec" -> "PodExecOptions";
      case "attach" -> "PodAttachOptions";
      case "portforward" -> "PodPortForwardOptions";
      default -> type.kind();
    };
  }

  private static List<String> verbs(String subresource) {
    return switch (subresource) {
      case "log" -> List.of("get");
      case "eviction", "binding" -> List.of("create");
      case "exec", "attach", "portforward" -> List.of("create", "get");
      case "finalize" -> List.of("update");
      default -> READ_WRITE;
    };
  }

  /** All groups with all their kinds in one document: what newer clients ask for. */
  ObjectNode aggregated(boolean core, String version) {
    ObjectNode list = Json.object().put("kind", "APIGroupDiscoveryList");
    list.put("apiVersion", "apidiscovery.k8s.io/" + version).putObject("metadata");
    ArrayNode items = list.putArray("items");
    if (core) {
      items.add(aggregatedGroup("", Set.of("v1")));
    } else {
      types.groups().forEach((group, versions) -> items.add(aggregatedGroup(group, versions)));
    }
    return list;
  }

  private ObjectNode aggregatedGroup(String group, Set<String> versions) {
    ObjectNode item = Json.object();
    ObjectNode metadata = item.putObject("metadata").putNull("creationTimestamp");
    if (!group.isEmpty()) {
      metadata.put("name", group);
    }
    ArrayNode list = item.putArray("versions");
    for (String version : versions) {
      ObjectNode node = list.addObject().put("version", version).put("freshness", "Current");
      ArrayNode resources = node.putArray("resources");
      types.of(group, version).forEach(t -> resources.add(aggregatedResource(t, version)));
    }
    return item;
  }

  private static ObjectNode aggregatedResource(ResourceType type, String version) {
    ObjectNode resource = Json.object().put("resource", type.plural());
    resource.set("responseKind", responseKind(type.group(), version, type.kind()));
    resource.put("scope", type.namespaced() ? "Namespaced" : "Cluster");
    resource.put("singularResource", type.singular());
    resource.set("verbs", Json.strings(type.verbs()));
    resource.set("shortNames", Json.strings(type.shortNames()));
    resource.set("categories", Json.strings(type.categories()));
    ArrayNode subresources = resource.putArray("subresources");
    for (String name : type.subresources()) {
      boolean scale = name.equals("scale");
      ObjectNode node = subresources.addObject().put("subresource", name);
      node.set(
          "responseKind",
          responseKind(
              scale ? "autoscaling" : type.group(), scale ? "v1" : version, kind(type, name)));
      node.set("verbs", Json.strings(verbs(name)));
    }
    return resource;
  }

  private static ObjectNode responseKind(String group, String version, String kind) {
    return Json.object().put("group", group).put("version", version).put("kind", kind);
  }
}
