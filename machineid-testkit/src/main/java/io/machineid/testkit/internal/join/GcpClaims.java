package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The claims of Google Cloud's identity tokens; those of the machine are there for machines only.
 */
final class GcpClaims {

  private static final String ACCOUNT_DOMAIN = ".iam.gserviceaccount.com";

  private GcpClaims() {}

  static boolean projectMatches(JsonNode wanted, JsonNode claims) {
    return has(wanted, project(claims));
  }

  static boolean locationMatches(JsonNode wanted, JsonNode claims) {
    String zone = machine(claims).path("zone").asText();
    int dash = zone.lastIndexOf('-');
    String region = dash < 0 ? "" : zone.substring(0, dash);
    return has(wanted, zone) || has(wanted, region);
  }

  static boolean accountMatches(JsonNode wanted, JsonNode claims) {
    return has(wanted, claims.path("email").asText());
  }

  private static JsonNode machine(JsonNode claims) {
    return claims.path("google").path("compute_engine");
  }

  private static String project(JsonNode claims) {
    String project = machine(claims).path("project_id").asText();
    String email = claims.path("email").asText();
    return project.isEmpty() && email.endsWith(ACCOUNT_DOMAIN)
        ? email.substring(email.indexOf('@') + 1, email.length() - ACCOUNT_DOMAIN.length())
        : project;
  }

  private static boolean has(JsonNode list, String value) {
    for (JsonNode each : list) {
      if (!value.isEmpty() && each.asText().equals(value)) {
        return true;
      }
    }
    return false;
  }
}
