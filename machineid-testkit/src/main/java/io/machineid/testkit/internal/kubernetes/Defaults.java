package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** Fills in what a cluster fills in when an object is written. */
final class Defaults {

  private final AtomicInteger addresses = new AtomicInteger(10);

  /** Completes an object, at creation and at every later write. */
  void complete(ResourceType type, ObjectNode object) {
    switch (type.qualified()) {
      case "namespaces" -> namespace(object);
      case "pods" -> PodDefaults.complete(Json.child(object, "spec"));
      case "secrets" -> secret(object);
      case "services" -> service(Json.child(object, "spec"));
      case "deployments.apps" -> deployment(Json.child(object, "spec"));
      case "statefulsets.apps" -> statefulSet(Json.child(object, "spec"));
      case "daemonsets.apps" -> daemonSet(Json.child(object, "spec"));
      case "replicasets.apps", "replicationcontrollers" -> replicas(Json.child(object, "spec"));
      case "jobs.batch" -> job(Json.child(object, "spec"));
      case "cronjobs.batch" -> cronJob(Json.child(object, "spec"));
      case "persistentvolumeclaims", "persistentvolumes" ->
          Json.setDefault(Json.child(object, "spec"), "volumeMode", "Filesystem");
      case "storageclasses.storage.k8s.io" -> {
        Json.setDefault(object, "reclaimPolicy", "Delete");
        Json.setDefault(object, "volumeBindingMode", "Immediate");
      }
      case "clusterrolebindings.rbac.authorization.k8s.io",
          "rolebindings.rbac.authorization.k8s.io" ->
          binding(object);
      case "customresourcedefinitions.apiextensions.k8s.io" -> CustomTypes.complete(object);
      default -> {
        // nothing to fill in
      }
    }
  }

  /** The status that a new object starts with. */
  void start(ResourceType type, ObjectNode object) {
    switch (type.qualified()) {
      case "namespaces" -> Json.setDefault(Json.child(object, "status"), "phase", "Active");
      case "pods" -> {
        Json.setDefault(Json.child(object, "status"), "phase", "Pending");
        Json.setDefault(Json.child(object, "status"), "qosClass", "BestEffort");
      }
      case "persistentvolumeclaims" ->
          Json.setDefault(Json.child(object, "status"), "phase", "Pending");
      case "persistentvolumes" ->
          Json.setDefault(Json.child(object, "status"), "phase", "Available");
      case "services" -> Json.child(Json.child(object, "status"), "loadBalancer");
      default -> {
        if (!type.custom() && type.has("status")) {
          Json.child(object, "status");
        }
      }
    }
  }

  private static void namespace(ObjectNode namespace) {
    ObjectNode labels = Json.child(Json.metadata(namespace), "labels");
    labels.put("kubernetes.io/metadata.name", Json.name(namespace));
    ObjectNode spec = Json.child(namespace, "spec");
    if (!spec.has("finalizers") && !Json.metadata(namespace).has("deletionTimestamp")) {
      spec.putArray("finalizers").add("kubernetes");
    }
  }

  private static void secret(ObjectNode secret) {
    Json.setDefault(secret, "type", "Opaque");
    if (secret.remove("stringData") instanceof ObjectNode plain) {
      ObjectNode data = Json.child(secret, "data");
      plain
          .properties()
          .forEach(
              entry -> {
                byte[] bytes = entry.getValue().asText("").getBytes(StandardCharsets.UTF_8);
                data.put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
              });
    }
  }

  private void service(ObjectNode spec) {
    Json.setDefault(spec, "type", "ClusterIP");
    Json.setDefault(spec, "sessionAffinity", "None");
    for (JsonNode node : spec.path("ports")) {
      if (node instanceof ObjectNode port) {
        Json.setDefault(port, "protocol", "TCP");
        if (!port.hasNonNull("targetPort") && port.has("port")) {
          port.set("targetPort", port.get("port"));
        }
        if (!Json.text(spec, "type").equals("ClusterIP")) {
          Json.setDefault(port, "nodePort", 30_000 + port.path("port").asInt() % 2_768);
        }
      }
    }
    if (!Json.text(spec, "type").equals("ExternalName")) {
      address(spec);
    }
  }

  private void address(ObjectNode spec) {
    if (!spec.hasNonNull("clusterIP")) {
      int next = addresses.incrementAndGet();
      spec.put("clusterIP", "10.96." + (next >> 8 & 0xff) + "." + (next & 0xff));
    }
    if (!spec.has("clusterIPs")) {
      spec.putArray("clusterIPs").add(spec.path("clusterIP").asText());
    }
    if (!spec.has("ipFamilies")) {
      spec.putArray("ipFamilies").add("IPv4");
    }
    Json.setDefault(spec, "ipFamilyPolicy", "SingleStack");
    Json.setDefault(spec, "internalTrafficPolicy", "Cluster");
  }

  private static void deployment(ObjectNode spec) {
    replicas(spec);
    ObjectNode strategy = Json.child(spec, "strategy");
    Json.setDefault(strategy, "type", "RollingUpdate");
    if (Json.text(strategy, "type").equals("RollingUpdate")) {
      Json.setDefault(Json.child(strategy, "rollingUpdate"), "maxUnavailable", "25%");
      Json.setDefault(Json.child(strategy, "rollingUpdate"), "maxSurge", "25%");
    }
    Json.setDefault(spec, "revisionHistoryLimit", 10);
    Json.setDefault(spec, "progressDeadlineSeconds", 600);
  }

  private static void statefulSet(ObjectNode spec) {
    replicas(spec);
    Json.setDefault(spec, "podManagementPolicy", "OrderedReady");
    Json.setDefault(Json.child(spec, "updateStrategy"), "type", "RollingUpdate");
    Json.setDefault(spec, "revisionHistoryLimit", 10);
  }

  private static void daemonSet(ObjectNode spec) {
    Json.setDefault(Json.child(spec, "updateStrategy"), "type", "RollingUpdate");
    Json.setDefault(spec, "revisionHistoryLimit", 10);
    template(spec);
  }

  private static void replicas(ObjectNode spec) {
    Json.setDefault(spec, "replicas", 1);
    template(spec);
  }

  private static void job(ObjectNode spec) {
    Json.setDefault(spec, "parallelism", 1);
    Json.setDefault(spec, "completions", 1);
    Json.setDefault(spec, "backoffLimit", 6);
    Json.setDefault(spec, "suspend", false);
    template(spec);
  }

  private static void cronJob(ObjectNode spec) {
    Json.setDefault(spec, "concurrencyPolicy", "Allow");
    Json.setDefault(spec, "suspend", false);
    Json.setDefault(spec, "successfulJobsHistoryLimit", 3);
    Json.setDefault(spec, "failedJobsHistoryLimit", 1);
    if (Json.at(spec, "jobTemplate", "spec") instanceof ObjectNode jobSpec) {
      template(jobSpec);
    }
  }

  private static void template(ObjectNode spec) {
    if (Json.at(spec, "template", "spec") instanceof ObjectNode podSpec) {
      PodDefaults.complete(podSpec);
    }
  }

  private static void binding(ObjectNode binding) {
    Json.setDefault(Json.child(binding, "roleRef"), "apiGroup", "rbac.authorization.k8s.io");
    if (binding.path("subjects") instanceof ArrayNode subjects) {
      for (JsonNode node : subjects) {
        if (node instanceof ObjectNode subject
            && !Json.text(subject, "kind").equals("ServiceAccount")) {
          Json.setDefault(subject, "apiGroup", "rbac.authorization.k8s.io");
        }
      }
    }
  }
}
