package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.role.KubernetesKind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a request to the Kubernetes API is about.
 *
 * @param apiGroup empty for the core group
 * @param resource the type as in the path, such as {@code pods}
 * @param namespace empty where there is none or all are meant
 * @param name empty for collections
 * @param subresource empty mostly
 * @param verb Kubernetes' verb, or {@code exec} or {@code portforward}
 */
record ResourceRequest(
    String apiGroup,
    String resource,
    String namespace,
    String name,
    String subresource,
    String verb) {

  private static final Set<String> OF_A_NAMESPACE_ITSELF = Set.of("status", "finalize");

  /**
   * Reads method and path; empty for paths that are about no resource, such as {@code /version}.
   */
  static Optional<ResourceRequest> of(ClientRequest request) {
    List<String> parts = new ArrayList<>(segments(request.path()));
    String group = group(parts);
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    boolean watch = isWatch(request);
    if (parts.get(0).equals("watch") && parts.size() > 1) {
      parts.remove(0);
      watch = true;
    }
    return Optional.of(of(group, parts, request.method(), watch));
  }

  private static ResourceRequest of(String group, List<String> path, String method, boolean watch) {
    String namespace = "";
    List<String> rest = path;
    if (path.size() > 2
        && path.get(0).equals("namespaces")
        && !OF_A_NAMESPACE_ITSELF.contains(path.get(2))) {
      namespace = path.get(1);
      rest = path.subList(2, path.size());
    }
    String name = rest.size() > 1 ? rest.get(1) : "";
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    String verb = verb(method, name, subresource, watch);
    return new ResourceRequest(group, rest.get(0), namespace, name, subresource, verb);
  }

  // takes the parts that name the group and version off; leaves nothing where there is no resource
  private static String group(List<String> parts) {
    String group = "";
    int skip = Integer.MAX_VALUE;
    if (parts.size() > 2 && parts.get(0).equals("api")) {
      skip = 2;
    } else if (parts.size() > 3 && parts.get(0).equals("apis")) {
      group = parts.get(1);
      skip = 3;
    }
    parts.subList(0, Math.min(skip, parts.size())).clear();
    return group;
  }

  private static boolean isWatch(ClientRequest request) {
    return request
        .parameter("watch")
        .filter(v -> v.equals("1") || v.equalsIgnoreCase("true"))
        .isPresent();
  }

  private static String verb(String method, String name, String subresource, boolean watch) {
    return switch (subresource) {
      case "exec", "attach" -> "exec";
      case "portforward" -> "portforward";
      default ->
          switch (method) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> watch ? "watch" : name.isEmpty() ? "list" : "get";
          };
    };
  }

  private static List<String> segments(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(part -> !part.isEmpty())
        .map(ResourceRequest::decode)
        .toList();
  }

  private static String decode(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }

  Optional<KubernetesKind> kind() {
    return KubernetesKind.ofResource(apiGroup, resource);
  }

  boolean is(String wantedVerb) {
    return verb.equals(wantedVerb);
  }

  /** Whether this asks for a stream into a pod. */
  boolean intoPod() {
    return is("exec") || is("portforward");
  }

  /** Whether this asks for many objects, of which some may be hidden. */
  boolean ofMany() {
    return is("list") || is("watch") || is("deletecollection");
  }
}
