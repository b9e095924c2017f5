package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** How pods are printed. */
final class PodColumns {

  private PodColumns() {}

  static List<Column> all() {
    return List.of(
        Column.names(),
        Column.text("Ready", "The aggregate readiness state of this pod.", PodColumns::ready),
        Column.text("Status", "The aggregate status of the containers.", PodColumns::status),
        Column.text("Restarts", "How often containers were restarted.", PodColumns::restarts),
        Column.age(),
        Column.text("IP", "Address of the pod.", "status", "podIP").wide(),
        Column.text("Node", "Where the pod is to run.", "spec", "nodeName").wide(),
        Column.text("Nominated Node", "Where it may run soon.", "status", "nominatedNodeName")
            .wide(),
        Column.text("Readiness Gates", "Conditions beyond the containers.", PodColumns::gates)
            .wide());
  }

  private static String ready(ObjectNode pod) {
    int ready = 0;
    for (JsonNode container : Json.at(pod, "status", "containerStatuses")) {
      ready += container.path("ready").asBoolean() ? 1 : 0;
    }
    return ready + "/" + Json.at(pod, "spec", "containers").size();
  }

  private static String status(ObjectNode pod) {
    if (!Json.text(pod, "metadata", "deletionTimestamp").isEmpty()) {
      return "Terminating";
    }
    String status = Json.text(pod, "status", "reason");
    status = status.isEmpty() ? Json.text(pod, "status", "phase") : status;
    for (JsonNode container : Json.at(pod, "status", "containerStatuses")) {
      String waiting = Json.text(container, "state", "waiting", "reason");
      String terminated = Json.text(container, "state", "terminated", "reason");
      status = !waiting.isEmpty() ? waiting : !terminated.isEmpty() ? terminated : status;
    }
    return status.isEmpty() ? "Unknown" : status;
  }

  private static String restarts(ObjectNode pod) {
    int restarts = 0;
    for (JsonNode container : Json.at(pod, "status", "containerStatuses")) {
      restarts += container.path("restartCount").asInt(0);
    }
    return Integer.toString(restarts);
  }

  private static String gates(ObjectNode pod) {
    JsonNode gates = Json.at(pod, "spec", "readinessGates");
    int open = 0;
    for (JsonNode gate : gates) {
      for (JsonNode condition : Json.at(pod, "status", "conditions")) {
        boolean same = Json.text(condition, "type").equals(Json.text(gate, "conditionType"));
        open += same && Json.text(condition, "status").equals("True") ? 1 : 0;
      }
    }
    return gates.isEmpty() ? "" : open + "/" + gates.size();
  }
}
