package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a cluster expects of the ID tokens of a platform.
 *
 * @param nameInRefusals what refusals call the method
 * @param issuers who issues them, by the section of the token resource
 * @param audiences for whom, by that section and the name of the cluster
 * @param claims from the keys of rules to what is compared with them
 */
record PlatformRules(
    String nameInRefusals,
    Function<JsonNode, String> issuers,
    BiFunction<JsonNode, String, String> audiences,
    Map<String, ClaimMatch> claims) {

  private static final String TELEPORT = "teleport.cluster.local";

  String issuer(JsonNode section) {
    return issuers.apply(section);
  }

  String audience(JsonNode section, String clusterName) {
    return audiences.apply(section, clusterName);
  }

  /** Whether all that a rule says is so; a key that means nothing is as a key that does not fit. */
  boolean matches(JsonNode rule, JsonNode presented) {
    for (Map.Entry<String, JsonNode> key : rule.properties()) {
      ClaimMatch match = claims.get(key.getKey());
      if (match == null || !match.matches(key.getValue(), presented)) {
        return false;
      }
    }
    return true;
  }

  /** Those of a method; empty where it has no ID tokens. */
  static Optional<PlatformRules> of(String method) {
    return switch (method) {
      case "github" -> Optional.of(github());
      case "gitlab" -> Optional.of(gitlab());
      case "circleci" -> Optional.of(circleci());
      case "gcp" -> Optional.of(gcp());
      case "spacelift" -> Optional.of(spacelift());
      case "terraform_cloud" -> Optional.of(LaterPlatforms.terraformCloud());
      case "azure_devops" -> Optional.of(LaterPlatforms.azureDevops());
      case "bitbucket" -> Optional.of(LaterPlatforms.bitbucket());
      case "env0" -> Optional.of(LaterPlatforms.env0());
      default -> Optional.empty();
    };
  }

  private static PlatformRules github() {
    return new PlatformRules(
        "Github",
        PlatformRules::githubIssuer,
        (section, cluster) -> TELEPORT,
        ClaimMatch.exact(
            List.of(
                "sub",
                "repository",
                "repository_owner",
                "workflow",
                "environment",
                "actor",
                "ref",
                "ref_type")));
  }

  private static String githubIssuer(JsonNode section) {
    String server = section.path("enterprise_server_host").asText();
    if (!server.isEmpty()) {
      return "https://" + server + "/_services/token";
    }
    String slug = section.path("enterprise_slug").asText();
    return "https://token.actions.githubusercontent.com" + (slug.isEmpty() ? "" : "/" + slug);
  }

  private static PlatformRules gitlab() {
    return new PlatformRules(
        "gitlab",
        section -> "https://" + section.path("domain").asText("gitlab.com"),
        (section, cluster) -> cluster,
        ClaimMatch.all(
            ClaimMatch.globs(List.of("sub", "ref", "namespace_path", "project_path")),
            ClaimMatch.exact(
                List.of(
                    "ci_config_ref_uri",
                    "ref_type",
                    "pipeline_source",
                    "environment",
                    "user_login",
                    "user_id",
                    "user_email",
                    "ci_config_sha",
                    "deployment_tier",
                    "project_visibility",
                    "ref_protected",
                    "environment_protected"))));
  }

  private static PlatformRules circleci() {
    return new PlatformRules(
        "\"circleci\"",
        section -> "https://oidc.circleci.com/org/" + section.path("organization_id").asText(),
        (section, cluster) -> section.path("organization_id").asText(),
        Map.of(
            "project_id", ClaimMatch.exactly("oidc.circleci.com/project-id"),
            "context_id", ClaimMatch.among("oidc.circleci.com/context-ids")));
  }

  private static PlatformRules gcp() {
    return new PlatformRules(
        "GCP",
        section -> "https://accounts.google.com",
        (section, cluster) -> TELEPORT,
        Map.of(
            "project_ids", GcpClaims::projectMatches,
            "locations", GcpClaims::locationMatches,
            "service_accounts", GcpClaims::accountMatches));
  }

  private static PlatformRules spacelift() {
    return new PlatformRules(
        "spacelift",
        section -> "https://" + section.path("hostname").asText(),
        (section, cluster) -> section.path("hostname").asText(),
        Map.of(
            "space_id", ClaimMatch.exactly("spaceId"),
            "caller_id", ClaimMatch.exactly("callerId"),
            "caller_type", ClaimMatch.exactly("callerType"),
            "scope", ClaimMatch.exactly("scope")));
  }
}
