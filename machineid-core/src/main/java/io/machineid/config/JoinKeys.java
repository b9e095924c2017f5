package io.machineid.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The join methods, and the maps of {@code onboarding} that belong to single ones. */
final class JoinKeys {

  static final String TOKEN = "token";
  static final String AZURE = "azure";
  static final String KUBERNETES = "kubernetes";
  static final String GITLAB = "gitlab";
  static final String TERRAFORM_CLOUD = "terraform_cloud";
  static final String BOUND_KEYPAIR = "bound_keypair";
  static final String GENERIC_OIDC = "generic_oidc";

  static final List<String> AMBIENT =
      List.of(
          "azure_devops",
          "bitbucket",
          "circleci",
          "env0",
          "gcp",
          "github",
          "iam",
          "oracle",
          "spacelift",
          "tpm");

  static final List<String> COMMON = List.of("join_method", TOKEN, "ca_pins", "ca_path");

  /** From a map of {@code onboarding} to the method that it belongs to. */
  static final Map<String, String> SECTIONS =
      new TreeMap<>(
          Map.of(
              "azure", AZURE,
              "kubernetes", KUBERNETES,
              "gitlab", GITLAB,
              "terraform", TERRAFORM_CLOUD,
              "bound_keypair", BOUND_KEYPAIR,
              "generic_oidc", GENERIC_OIDC));

  private JoinKeys() {}

  /** All methods of bots, sorted. */
  static List<String> methods() {
    List<String> methods = new ArrayList<>(AMBIENT);
    methods.add(TOKEN);
    methods.addAll(SECTIONS.values());
    methods.sort(null);
    return methods;
  }

  /** The keys of {@code onboarding} with a method. */
  static List<String> keys(String method) {
    List<String> keys = new ArrayList<>(COMMON);
    SECTIONS.forEach(
        (key, owner) -> {
          if (owner.equals(method)) {
            keys.add(key);
          }
        });
    return keys;
  }

  /** Maps that belong to other methods, with the words that say so. */
  static Map<String, String> ofOthers(String method) {
    Map<String, String> others = new TreeMap<>();
    SECTIONS.forEach(
        (key, owner) ->
            others.put(
                key,
                "belongs to `join_method: "
                    + owner
                    + "`, this is `join_method: "
                    + method
                    + "`; remove one of them"));
    others.keySet().removeAll(keys(method));
    return others;
  }
}
