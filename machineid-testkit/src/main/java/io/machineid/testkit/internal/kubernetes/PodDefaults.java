package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a cluster fills in for pods and templates of pods. */
final class PodDefaults {

  private PodDefaults() {}

  static void complete(ObjectNode spec) {
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      for (JsonNode container : spec.path(list)) {
        if (container instanceof ObjectNode object) {
          container(object);
        }
      }
    }
    Json.setDefault(spec, "restartPolicy", "Always");
    Json.setDefault(spec, "terminationGracePeriodSeconds", 30);
    Json.setDefault(spec, "dnsPolicy", "ClusterFirst");
    Json.child(spec, "securityContext");
    Json.setDefault(spec, "schedulerName", "default-scheduler");
  }

  private static void container(ObjectNode container) {
    Json.child(container, "resources");
    Json.setDefault(container, "terminationMessagePath", "/dev/termination-log");
    Json.setDefault(container, "terminationMessagePolicy", "File");
    String image = Json.text(container, "image");
    String tag = image.substring(image.lastIndexOf('/') + 1);
    boolean latest = !tag.contains(":") || tag.endsWith(":latest");
    Json.setDefault(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
    for (JsonNode port : container.path("ports")) {
      if (port instanceof ObjectNode object) {
        Json.setDefault(object, "protocol", "TCP");
      }
    }
  }
}
