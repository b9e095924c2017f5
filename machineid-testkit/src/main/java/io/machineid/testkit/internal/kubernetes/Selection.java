package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which objects a list or watch is about: namespace, label selector, field selector. */
final class Selection {

  private static final Pattern SET_BASED =
      Pattern.compile("\\s*([^\\s!=,()]+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
  private static final Pattern EQUALITY =
      Pattern.compile("\\s*([^\\s!=,()]+)\\s*(==|=|!=)\\s*([^\\s!=,()]*)\\s*");
  private static final Pattern EXISTENCE = Pattern.compile("\\s*(!?)\\s*([^\\s!=,()]+)\\s*");
  private static final Set<String> COMMON_FIELDS = Set.of("metadata.name", "metadata.namespace");

  private Selection() {}

  static Predicate<ObjectNode> of(Target target, ApiRequest request) {
    Predicate<ObjectNode> selection = labels(request.parameter("labelSelector"));
    selection = selection.and(fields(target.type(), request.parameter("fieldSelector")));
    if (!target.namespace().isEmpty()) {
      selection = selection.and(object -> Json.namespace(object).equals(target.namespace()));
    }
    if (!target.name().isEmpty()) {
      selection = selection.and(object -> Json.name(object).equals(target.name()));
    }
    return selection;
  }

  /** A label selector as in a query. */
  static Predicate<ObjectNode> labels(String selector) {
    Predicate<ObjectNode> all = object -> true;
    for (String requirement : split(selector)) {
      Predicate<JsonNode> one = requirement(requirement, selector);
      all = all.and(object -> one.test(Json.at(object, "metadata", "labels")));
    }
    return all;
  }

  private static Predicate<JsonNode> requirement(String text, String selector) {
    Matcher set = SET_BASED.matcher(text);
    if (set.matches()) {
      List<String> values = List.of(set.group(3).trim().split("\\s*,\\s*", -1));
      Predicate<JsonNode> in = has(set.group(1), values);
      return set.group(2).equals("in") ? in : in.negate();
    }
    Matcher equality = EQUALITY.matcher(text);
    if (equality.matches()) {
      Predicate<JsonNode> equal = has(equality.group(1), List.of(equality.group(3)));
      return equality.group(2).equals("!=") ? equal.negate() : equal;
    }
    Matcher existence = EXISTENCE.matcher(text);
    if (existence.matches()) {
      boolean wanted = existence.group(1).isEmpty();
      return labels -> labels.has(existence.group(2)) == wanted;
    }
    throw ApiError.badRequest("unable to parse requirement: " + text + " in " + selector);
  }

  private static Predicate<JsonNode> has(String label, List<String> values) {
    return labels -> labels.has(label) && values.contains(labels.path(label).asText());
  }

  /** Splits at commas that are not between brackets. */
  private static List<String> split(String selector) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < selector.length(); i++) {
      char c = selector.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(selector.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(selector.substring(start));
    parts.removeIf(String::isBlank);
    return parts;
  }

  private static Predicate<ObjectNode> fields(ResourceType type, String selector) {
    Predicate<ObjectNode> all = object -> true;
    for (String requirement : selector.split(",", -1)) {
      if (!requirement.isBlank()) {
        all = all.and(field(type, requirement));
      }
    }
    return all;
  }

  private static Predicate<ObjectNode> field(ResourceType type, String requirement) {
    Matcher matcher = EQUALITY.matcher(requirement);
    if (!matcher.matches()) {
      throw ApiError.badRequest("invalid field selector: " + requirement);
    }
    String path = matcher.group(1);
    if (!COMMON_FIELDS.contains(path) && !known(type).contains(path)) {
      throw ApiError.badRequest("field label not supported: " + path);
    }
    String wanted = matcher.group(3);
    boolean negated = matcher.group(2).equals("!=");
    String[] fields = path.split("\\.", -1);
    return object -> Json.text(object, fields).equals(wanted) != negated;
  }

  private static Set<String> known(ResourceType type) {
    return switch (type.qualified()) {
      case "pods" ->
          Set.of(
              "spec.nodeName",
              "spec.restartPolicy",
              "spec.schedulerName",
              "spec.serviceAccountName",
              "spec.hostNetwork",
              "status.phase",
              "status.podIP",
              "status.nominatedNodeName");
      case "events" ->
          Set.of(
              "involvedObject.kind",
              "involvedObject.namespace",
              "involvedObject.name",
              "involvedObject.uid",
              "involvedObject.apiVersion",
              "involvedObject.resourceVersion",
              "involvedObject.fieldPath",
              "reason",
              "reportingComponent",
              "source",
              "type");
      case "events.events.k8s.io" -> Set.of("regarding.name", "regarding.kind", "reason", "type");
      case "nodes" -> Set.of("spec.unschedulable");
      case "namespaces" -> Set.of("status.phase");
      case "secrets" -> Set.of("type");
      case "services" -> Set.of("spec.clusterIP", "spec.type");
      case "jobs.batch" -> Set.of("status.successful");
      case "replicasets.apps", "replicationcontrollers" -> Set.of("status.replicas");
      case "certificatesigningrequests.certificates.k8s.io" -> Set.of("spec.signerName");
      default -> Set.of();
    };
  }
}
