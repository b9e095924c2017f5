package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.state.TeleportVersion;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a cluster wants of a token resource before it takes it, in the words of a real one. */
final class TokenRules {

  /** Per method, the keys of which a rule must have at least one. */
  private static final Map<String, List<String>> ESSENTIAL =
      Map.of(
          "github", List.of("repository", "repository_owner", "sub"),
          "gitlab", List.of("sub", "project_path", "namespace_path", "ci_config_ref_uri"),
          "circleci", List.of("project_id", "context_id"));

  private TokenRules() {}

  static void check(ProvisionToken token, TeleportVersion version) {
    String method = token.method();
    if (!version.joinMethods().contains(method)) {
      throw new IllegalArgumentException("unknown join method \"%s\"".formatted(method));
    }
    switch (method) {
      case "token" -> {}
      case "ec2" -> throw new IllegalArgumentException("the method ec2 is for hosts, not for bots");
      case "iam" -> iam(token.rules());
      case "kubernetes" -> kubernetes(token, version.kubernetesJoinTypes());
      case "bound_keypair" -> {
        section(token);
        new KeypairRules(token).check();
      }
      case "tpm" -> {
        delegated(token);
        TpmRules.check(token);
      }
      default -> delegated(token);
    }
  }

  private static void iam(JsonNode rules) {
    if (rules.isEmpty()) {
      throw new IllegalArgumentException(
          "the \"iam\" join method requires defined token allow rules");
    }
    for (JsonNode rule : rules) {
      if (rule.has("aws_regions")) {
        throw new IllegalArgumentException(
            "the \"iam\" join method does not support the \"aws_regions\" parameter");
      }
      if (!rule.has("aws_account") && !rule.has("aws_arn")) {
        throw new IllegalArgumentException(
            "allow rule for \"ec2\" join method must set \"aws_account\" or \"aws_arn\"");
      }
    }
  }

  private static void kubernetes(ProvisionToken token, List<String> types) {
    section(token);
    JsonNode section = token.section();
    if (token.rules().isEmpty()) {
      throw bad("kubernetes", "allow: at least one rule must be set");
    }
    int index = 0;
    for (JsonNode rule : token.rules()) {
      String account = rule.path("service_account").asText();
      String place = "allow[" + index++ + "].service_account: ";
      if (account.isEmpty()) {
        throw bad("kubernetes", place + "name of service account must be set");
      }
      if (account.split(":", -1).length != 2) {
        throw bad(
            "kubernetes",
            place
                + "name of service account should be in format \"namespace:service_account\", got \"%s\" instead"
                    .formatted(account));
      }
    }
    String type = section.path("type").asText("in_cluster");
    if (type.equals("static_jwks") && section.path("static_jwks").path("jwks").asText().isEmpty()) {
      throw bad("kubernetes", "static_jwks: must be set when type is \"static_jwks\"");
    }
    if (!types.contains(type)) {
      throw bad(
          "kubernetes",
          "type: must be one of (%s), got \"%s\"".formatted(String.join(", ", types), type));
    }
    if (type.equals("oidc") && !section.path("oidc").path("issuer").asText().startsWith("https:")) {
      throw bad("kubernetes", "oidc.issuer: must be an https URL when type is \"oidc\"");
    }
  }

  private static IllegalArgumentException bad(String section, String what) {
    return new IllegalArgumentException("spec." + section + ":\n\t" + what);
  }

  private static void section(ProvisionToken token) {
    if (!token.section().isObject()) {
      throw new IllegalArgumentException(
          "\"%1$s\" configuration must be provided for join method \"%1$s\""
              .formatted(token.method()));
    }
  }

  private static void delegated(ProvisionToken token) {
    section(token);
    String method = token.method();
    if (token.rules().isEmpty()) {
      throw new IllegalArgumentException(
          "the \"%s\" join method requires at least one token allow rule".formatted(method));
    }
    for (JsonNode rule : token.rules()) {
      rule(method, rule);
    }
    required(
        token,
        "circleci",
        "organization_id",
        "the \"circleci\" join method requires 'organization_id' to be set");
    required(
        token,
        "spacelift",
        "hostname",
        "spec.spacelift: failed validation\n\thostname: should be set to the hostname of the spacelift tenant");
    required(
        token, "azure_devops", "organization_id", "spec.azure_devops: organization_id must be set");
    required(
        token,
        "bitbucket",
        "identity_provider_url",
        "spec.bitbucket: identity_provider_url must be set");
    required(token, "bitbucket", "audience", "spec.bitbucket: audience must be set");
  }

  private static void required(ProvisionToken token, String method, String key, String words) {
    if (token.method().equals(method) && token.section().path(key).asText().isEmpty()) {
      throw new IllegalArgumentException(words);
    }
  }

  private static void rule(String method, JsonNode rule) {
    switch (method) {
      case "gcp" -> {
        if (rule.path("project_ids").isEmpty()) {
          throw new IllegalArgumentException(
              "the \"gcp\" join method requires gcp allow rules with at least one project ID");
        }
      }
      case "oracle" -> {
        if (rule.path("tenancy").asText().isEmpty()) {
          throw new IllegalArgumentException(
              "the \"oracle\" join method requires oracle allow rules with non-empty tenancy");
        }
      }
      case "azure" -> {
        if (rule.path("subscription").asText().isEmpty()) {
          throw new IllegalArgumentException(
              "the \"azure\" join method requires azure allow rules with non-empty subscription");
        }
      }
      default -> {
        List<String> essential = ESSENTIAL.getOrDefault(method, List.of());
        if (!essential.isEmpty() && essential.stream().noneMatch(rule::has)) {
          throw new IllegalArgumentException(lacking(method, essential));
        }
        if (essential.isEmpty() && rule.isEmpty()) {
          throw new IllegalArgumentException(
              "the \"%s\" join method requires allow rules that say something".formatted(method));
        }
      }
    }
  }

  private static String lacking(String method, List<String> keys) {
    return switch (method) {
      case "gitlab" ->
          "the \"gitlab\" join method requires allow rules with at least one of [%s] to ensure security."
              .formatted(
                  keys.stream().map(key -> "'" + key + "'").collect(Collectors.joining(", ")));
      case "circleci" ->
          "allow rule for \"circleci\" must include at least \"project_id\" or \"context_id\"";
      default ->
          "allow rule for \"%s\" must include at least one of %s or \"%s\""
              .formatted(
                  method,
                  Stream.of(keys)
                      .flatMap(all -> all.stream().limit(all.size() - 1))
                      .map(key -> '"' + key + '"')
                      .collect(Collectors.joining(", ")),
                  keys.get(keys.size() - 1));
    };
  }
}
