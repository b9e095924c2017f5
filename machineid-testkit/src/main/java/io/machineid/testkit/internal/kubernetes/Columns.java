package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** How the common kinds are printed; the others have a name and an age. */
final class Columns {

  private static final List<Column> NAME_AND_AGE = List.of(Column.names(), Column.age());
  private static final List<Column> NAME_AND_CREATED =
      List.of(
          Column.names(),
          Column.text("Created At", "When it was made.", "metadata", "creationTimestamp"));

  private Columns() {}

  static List<Column> of(ResourceType type) {
    if (type.custom()) {
      return NAME_AND_AGE;
    }
    return switch (type.group()) {
      case "" -> core(type.plural());
      case "apps" -> apps(type.plural());
      case "batch" -> batch(type.plural());
      case "rbac.authorization.k8s.io" -> rbac(type.plural());
      default -> others(type.plural());
    };
  }

  private static List<Column> core(String plural) {
    return switch (plural) {
      case "pods" -> PodColumns.all();
      case "namespaces" -> nameAndAge(Column.text("Status", "Its phase.", "status", "phase"));
      case "nodes" -> nodes();
      case "services" -> services();
      case "configmaps" ->
          nameAndAge(
              Column.number(
                  "Data", "Number of keys.", o -> o.path("data").size() + binary(o).size()));
      case "secrets" ->
          nameAndAge(
              Column.text("Type", "How the data is to be handled.", "type"),
              Column.number("Data", "Number of keys.", o -> o.path("data").size()));
      case "serviceaccounts" ->
          nameAndAge(Column.number("Secrets", "Number of secrets.", o -> o.path("secrets").size()));
      case "endpoints" ->
          nameAndAge(Column.text("Endpoints", "Addresses and ports.", Columns::endpoints));
      case "events" -> events("involvedObject", "lastTimestamp", "message");
      case "persistentvolumes" -> volumes();
      case "persistentvolumeclaims" -> claims();
      default -> NAME_AND_AGE;
    };
  }

  private static List<Column> apps(String plural) {
    Column ready =
        Column.text(
            "Ready",
            "Ready replicas of those wanted.",
            o ->
                Json.at(o, "status", "readyReplicas").asInt(0)
                    + "/"
                    + Json.at(o, "spec", "replicas").asInt(1));
    return switch (plural) {
      case "deployments" ->
          workload(
              List.of(
                  ready,
                  Column.number("Up-to-date", "Replicas up to date.", "status", "updatedReplicas"),
                  Column.number("Available", "Replicas in use.", "status", "availableReplicas")));
      case "statefulsets" -> workload(List.of(ready));
      case "replicasets" ->
          workload(
              List.of(
                  Column.number("Desired", "Replicas wanted.", "spec", "replicas"),
                  Column.number("Current", "Replicas there are.", "status", "replicas"),
                  Column.number("Ready", "Replicas ready.", "status", "readyReplicas")));
      case "daemonsets" ->
          workload(
              List.of(
                  Column.number("Desired", "Pods wanted.", "status", "desiredNumberScheduled"),
                  Column.number("Current", "Pods there are.", "status", "currentNumberScheduled"),
                  Column.number("Ready", "Pods ready.", "status", "numberReady"),
                  Column.number("Up-to-date", "Pods.", "status", "updatedNumberScheduled"),
                  Column.number("Available", "Pods in use.", "status", "numberAvailable"),
                  Column.text("Node Selector", "Where.", o -> labels(nodeSelector(o)))));
      default -> NAME_AND_AGE;
    };
  }

  private static List<Column> workload(List<Column> middle) {
    List<Column> columns = new ArrayList<>(nameAndAge(middle.toArray(Column[]::new)));
    columns.add(Column.text("Containers", "Names.", o -> containers(o, "name")).wide());
    columns.add(Column.text("Images", "Images.", o -> containers(o, "image")).wide());
    columns.add(Column.text("Selector", "Which pods.", o -> labels(selector(o))).wide());
    return columns;
  }

  private static List<Column> batch(String plural) {
    return switch (plural) {
      case "jobs" ->
          nameAndAge(
              Column.text("Status", "How it is going.", Columns::jobStatus),
              Column.text(
                  "Completions",
                  "Pods done of those wanted.",
                  o ->
                      Json.at(o, "status", "succeeded").asInt(0)
                          + "/"
                          + Json.at(o, "spec", "completions").asInt(1)));
      case "cronjobs" ->
          nameAndAge(
              Column.text("Schedule", "When, in Cron form.", "spec", "schedule"),
              Column.text("Timezone", "Of the schedule.", "spec", "timeZone"),
              Column.text(
                  "Suspend",
                  "Whether it rests.",
                  o -> Json.at(o, "spec", "suspend").asBoolean() ? "True" : "False"),
              Column.number("Active", "Jobs running.", o -> Json.at(o, "status", "active").size()));
      default -> NAME_AND_AGE;
    };
  }

  private static List<Column> rbac(String plural) {
    return switch (plural) {
      case "roles", "clusterroles" -> NAME_AND_CREATED;
      default ->
          nameAndAge(
              Column.text(
                  "Role",
                  "What is granted.",
                  o -> Json.text(o, "roleRef", "kind") + "/" + Json.text(o, "roleRef", "name")));
    };
  }

  private static List<Column> others(String plural) {
    return switch (plural) {
      case "customresourcedefinitions" -> NAME_AND_CREATED;
      case "leases" -> nameAndAge(Column.text("Holder", "Who.", "spec", "holderIdentity"));
      case "events" -> events("regarding", "deprecatedLastTimestamp", "note");
      case "ingresses" ->
          nameAndAge(
              Column.text("Class", "Which controller.", "spec", "ingressClassName"),
              Column.text("Hosts", "Names.", o -> join(Json.at(o, "spec", "rules"), "host")),
              Column.text("Address", "Where.", Columns::addresses));
      case "networkpolicies" ->
          nameAndAge(
              Column.text(
                  "Pod-Selector",
                  "Which pods.",
                  o -> labels(Json.at(o, "spec", "podSelector", "matchLabels"))));
      case "storageclasses" ->
          nameAndAge(
              Column.text("Provisioner", "Who makes volumes.", "provisioner"),
              Column.text("ReclaimPolicy", "What becomes of them.", "reclaimPolicy"),
              Column.text("VolumeBindingMode", "When.", "volumeBindingMode"));
      case "endpointslices" ->
          nameAndAge(
              Column.text("AddressType", "Kind of address.", "addressType"),
              Column.text("Ports", "Ports.", o -> join(o.path("ports"), "port")));
      default -> NAME_AND_AGE;
    };
  }

  private static List<Column> nodes() {
    return List.of(
        Column.names(),
        Column.text("Status", "The state of the node.", Columns::nodeStatus),
        Column.text("Roles", "What it is for.", Columns::nodeRoles),
        Column.age(),
        Column.text("Version", "Of its kubelet.", "status", "nodeInfo", "kubeletVersion"),
        Column.text("Internal-IP", "Address.", o -> nodeAddress(o, "InternalIP")).wide(),
        Column.text("External-IP", "Address.", o -> nodeAddress(o, "ExternalIP")).wide(),
        Column.text("OS-Image", "System.", "status", "nodeInfo", "osImage").wide(),
        Column.text("Kernel-Version", "Kernel.", "status", "nodeInfo", "kernelVersion").wide(),
        Column.text(
                "Container-Runtime", "Of pods.", "status", "nodeInfo", "containerRuntimeVersion")
            .wide());
  }

  private static List<Column> services() {
    List<Column> columns =
        new ArrayList<>(
            nameAndAge(
                Column.text("Type", "How it is exposed.", "spec", "type"),
                Column.text("Cluster-IP", "Address inside.", "spec", "clusterIP"),
                Column.text("External-IP", "Address outside.", Columns::addresses),
                Column.text("Port(s)", "Ports.", Columns::ports)));
    columns.add(
        Column.text("Selector", "Which pods.", o -> labels(Json.at(o, "spec", "selector"))).wide());
    return columns;
  }

  private static List<Column> events(String object, String time, String message) {
    return List.of(
        Column.age("Last Seen", time),
        Column.text("Type", "Normal or Warning.", "type"),
        Column.text("Reason", "In one word.", "reason"),
        Column.text(
            "Object",
            "What it is about.",
            o ->
                Json.text(o, object, "kind").toLowerCase(java.util.Locale.ROOT)
                    + "/"
                    + Json.text(o, object, "name")),
        Column.text("Message", "In words.", o -> Json.text(o, message).strip()),
        new Column(
            "Name",
            "string",
            "name",
            "Name of the event.",
            1,
            (o, now) -> Column.orNone(Json.name(o))));
  }

  private static List<Column> volumes() {
    return nameAndAge(
        Column.text("Capacity", "Size.", "spec", "capacity", "storage"),
        Column.text("Access Modes", "How.", o -> modes(Json.at(o, "spec", "accessModes"))),
        Column.text("Reclaim Policy", "Later.", "spec", "persistentVolumeReclaimPolicy"),
        Column.text("Status", "Its phase.", "status", "phase"),
        Column.text(
            "Claim",
            "Who has it.",
            o ->
                Json.at(o, "spec", "claimRef").isMissingNode()
                    ? ""
                    : Json.text(o, "spec", "claimRef", "namespace")
                        + "/"
                        + Json.text(o, "spec", "claimRef", "name")),
        Column.text("StorageClass", "Class.", "spec", "storageClassName"));
  }

  private static List<Column> claims() {
    return nameAndAge(
        Column.text("Status", "Its phase.", "status", "phase"),
        Column.text("Volume", "Which one.", "spec", "volumeName"),
        Column.text("Capacity", "Size.", "status", "capacity", "storage"),
        Column.text("Access Modes", "How.", o -> modes(Json.at(o, "spec", "accessModes"))),
        Column.text("StorageClass", "Class.", "spec", "storageClassName"));
  }

  private static List<Column> nameAndAge(Column... between) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.names());
    columns.addAll(List.of(between));
    columns.add(Column.age());
    return columns;
  }

  private static JsonNode binary(ObjectNode configMap) {
    return configMap.path("binaryData");
  }

  private static JsonNode nodeSelector(ObjectNode workload) {
    return Json.at(workload, "spec", "template", "spec", "nodeSelector");
  }

  private static JsonNode selector(ObjectNode workload) {
    return Json.at(workload, "spec", "selector", "matchLabels");
  }

  private static String containers(ObjectNode workload, String field) {
    return join(Json.at(workload, "spec", "template", "spec", "containers"), field);
  }

  private static String nodeStatus(ObjectNode node) {
    String status = "Unknown";
    for (JsonNode condition : Json.at(node, "status", "conditions")) {
      if (Json.text(condition, "type").equals("Ready")) {
        status = Json.text(condition, "status").equals("True") ? "Ready" : "NotReady";
      }
    }
    boolean cordoned = Json.at(node, "spec", "unschedulable").asBoolean();
    return cordoned ? status + ",SchedulingDisabled" : status;
  }

  private static String nodeRoles(ObjectNode node) {
    StringJoiner roles = new StringJoiner(",");
    for (Map.Entry<String, JsonNode> label : Json.at(node, "metadata", "labels").properties()) {
      if (label.getKey().startsWith("node-role.kubernetes.io/")) {
        roles.add(label.getKey().substring("node-role.kubernetes.io/".length()));
      }
    }
    return roles.toString();
  }

  private static String nodeAddress(ObjectNode node, String type) {
    for (JsonNode address : Json.at(node, "status", "addresses")) {
      if (Json.text(address, "type").equals(type)) {
        return Json.text(address, "address");
      }
    }
    return "";
  }

  private static String jobStatus(ObjectNode job) {
    for (JsonNode condition : Json.at(job, "status", "conditions")) {
      if (Json.text(condition, "status").equals("True")) {
        return Json.text(condition, "type");
      }
    }
    return "Running";
  }

  private static String addresses(ObjectNode object) {
    String external = join(Json.at(object, "spec", "externalIPs"), "");
    JsonNode ingress = Json.at(object, "status", "loadBalancer", "ingress");
    String balancer = join(ingress, ingress.path(0).has("ip") ? "ip" : "hostname");
    return external.isEmpty() ? balancer : external;
  }

  private static String ports(ObjectNode service) {
    StringJoiner ports = new StringJoiner(",");
    for (JsonNode port : Json.at(service, "spec", "ports")) {
      String node = port.has("nodePort") ? ":" + Json.text(port, "nodePort") : "";
      ports.add(Json.text(port, "port") + node + "/" + port.path("protocol").asText("TCP"));
    }
    return ports.toString();
  }

  private static String endpoints(ObjectNode endpoints) {
    StringJoiner joined = new StringJoiner(",");
    for (JsonNode subset : endpoints.path("subsets")) {
      for (JsonNode address : subset.path("addresses")) {
        for (JsonNode port : subset.path("ports")) {
          joined.add(Json.text(address, "ip") + ":" + Json.text(port, "port"));
        }
      }
    }
    return joined.toString();
  }

  private static String modes(JsonNode modes) {
    StringJoiner joined = new StringJoiner(",");
    for (JsonNode mode : modes) {
      joined.add(mode.asText().replaceAll("[^A-Z]", ""));
    }
    return joined.toString();
  }

  private static String labels(JsonNode labels) {
    StringJoiner joined = new StringJoiner(",");
    labels.properties().forEach(l -> joined.add(l.getKey() + "=" + l.getValue().asText()));
    return joined.toString();
  }

  private static String join(JsonNode items, String field) {
    StringJoiner joined = new StringJoiner(",");
    items.forEach(item -> joined.add((field.isEmpty() ? item : item.path(field)).asText("")));
    return joined.toString();
  }
}
