package io.machineid.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The types of outputs that are served, and the keys of each. */
final class OutputKeys {

  static final String KUBERNETES = "kubernetes";
  static final String KUBERNETES_V2 = "kubernetes/v2";
  static final String ARGO_CD = "kubernetes/argo-cd";
  static final String IDENTITY = "identity";

  static final List<String> TYPES = List.of(KUBERNETES, KUBERNETES_V2, ARGO_CD, IDENTITY);

  private static final List<String> COMMON =
      List.of("name", LifetimeReader.TTL, LifetimeReader.INTERVAL);

  private static final Map<String, List<String>> OWN =
      Map.of(
          KUBERNETES,
          List.of("kubernetes_cluster", "roles", "disable_exec_plugin", "destination"),
          KUBERNETES_V2,
          List.of(
              "selectors",
              "disable_exec_plugin",
              "context_name_template",
              "relay_server",
              "destination"),
          ARGO_CD,
          List.of(
              "selectors",
              "secret_namespace",
              "secret_name_prefix",
              "secret_labels",
              "secret_annotations",
              "project",
              "namespaces",
              "cluster_resources",
              "cluster_name_template"),
          IDENTITY,
          List.of("cluster", "roles", "ssh_config", "allow_reissue", "destination"));

  private OutputKeys() {}

  static List<String> of(String type) {
    List<String> keys = new ArrayList<>(List.of("type"));
    keys.addAll(OWN.getOrDefault(type, List.of()));
    keys.addAll(COMMON);
    return keys;
  }

  /** Keys that would be right elsewhere, with the words that say where. */
  static Map<String, String> ofOthers(String type) {
    Map<String, String> others = new LinkedHashMap<>();
    for (String other : TYPES) {
      for (String key : OWN.getOrDefault(other, List.of())) {
        others.putIfAbsent(key, "is no key of `type: " + type + "`, but of `type: " + other + "`");
      }
    }
    others.put("default_namespace", "goes into an entry of `selectors`");
    others.put(LifetimeReader.OLD_TTL, "is called `credential_ttl` in an output");
    of(type).forEach(others::remove);
    return others;
  }
}
