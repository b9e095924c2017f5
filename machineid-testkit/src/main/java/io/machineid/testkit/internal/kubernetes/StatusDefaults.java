package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Fills in the fields of a status that a cluster always writes and strict clients insist on. */
final class StatusDefaults {

  private StatusDefaults() {}

  static void complete(ResourceType type, ObjectNode object) {
    if (!(object.get("status") instanceof ObjectNode status)) {
      return;
    }
    switch (type.qualified()) {
      case "pods" -> pod(object, status);
      case "nodes" -> node(status);
      case "replicasets.apps", "statefulsets.apps", "replicationcontrollers" ->
          zero(status, "replicas");
      case "daemonsets.apps" ->
          zero(
              status,
              "currentNumberScheduled",
              "desiredNumberScheduled",
              "numberMisscheduled",
              "numberReady");
      case "horizontalpodautoscalers.autoscaling" ->
          zero(status, "currentReplicas", "desiredReplicas");
      case "volumeattachments.storage.k8s.io" -> Json.setDefault(status, "attached", false);
      default -> {
        // all may be left out
      }
    }
  }

  private static void zero(ObjectNode status, String... fields) {
    for (String field : fields) {
      Json.setDefault(status, field, 0);
    }
  }

  private static void pod(ObjectNode pod, ObjectNode status) {
    containers(status, "containerStatuses", Json.at(pod, "spec", "containers"));
    containers(status, "initContainerStatuses", Json.at(pod, "spec", "initContainers"));
    containers(status, "ephemeralContainerStatuses", Json.at(pod, "spec", "ephemeralContainers"));
  }

  private static void containers(ObjectNode status, String list, JsonNode containers) {
    for (JsonNode node : status.path(list)) {
      if (node instanceof ObjectNode container) {
        for (JsonNode specified : containers) {
          if (Json.text(specified, "name").equals(Json.text(container, "name"))) {
            Json.setDefault(container, "image", Json.text(specified, "image"));
          }
        }
        Json.setDefault(container, "image", "");
        Json.setDefault(container, "imageID", "");
        Json.setDefault(container, "ready", false);
        Json.setDefault(container, "restartCount", 0);
      }
    }
  }

  private static void node(ObjectNode status) {
    if (status.get("nodeInfo") instanceof ObjectNode info) {
      for (String field :
          List.of(
              "architecture",
              "bootID",
              "containerRuntimeVersion",
              "kernelVersion",
              "kubeProxyVersion",
              "kubeletVersion",
              "machineID",
              "operatingSystem",
              "osImage",
              "systemUUID")) {
        Json.setDefault(info, field, "");
      }
    }
  }
}
