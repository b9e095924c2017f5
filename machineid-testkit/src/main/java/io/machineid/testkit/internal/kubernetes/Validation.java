package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules that every object has to follow, and a few that tests are likely to break. */
final class Validation {

  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Set<String> WORKLOADS =
      Set.of("deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps");

  private Validation() {}

  static void check(Target target, ObjectNode object) {
    ResourceType type = target.type();
    String name = Json.name(object);
    if (name.isEmpty()) {
      throw ApiError.invalid(
          type, "", "metadata.name", "Required value: name or generateName is required");
    }
    boolean free = type.group().equals("rbac.authorization.k8s.io");
    if (free ? name.contains("/") : name.length() > 253 || !SUBDOMAIN.matcher(name).matches()) {
      throw ApiError.invalid(
          type,
          name,
          "metadata.name",
          "Invalid value: \""
              + name
              + "\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
              + " characters, '-' or '.', and must start and end with an alphanumeric character");
    }
    if (type.qualified().equals("pods") && Json.at(object, "spec", "containers").isEmpty()) {
      throw ApiError.invalid(type, name, "spec.containers", "Required value");
    }
    if (WORKLOADS.contains(type.qualified())
        && Json.at(object, "spec", "selector").isMissingNode()) {
      throw ApiError.invalid(type, name, "spec.selector", "Required value");
    }
  }
}
