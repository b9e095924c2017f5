package io.machineid.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The metadata service of an Azure machine. It is asked past any HTTP proxy. */
final class AzureMetadata {

  private static final String BASE_VARIABLE = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
  private static final String BASE = "http://169.254.169.254";
  private static final String OLDEST_VERSION = "2019-06-04";
  private static final String RESOURCE = "https%3A%2F%2Fmanagement.azure.com%2F";

  private final Surroundings surroundings;
  private final Optional<String> clientId;

  AzureMetadata(Surroundings surroundings, Optional<String> clientId) {
    this.surroundings = surroundings;
    this.clientId = clientId;
  }

  AzureEvidence evidence(String challenge) {
    String version = "api-version=" + newestVersion();
    String attested =
        request("/attested/document?" + version + "&format=json&nonce=" + encoded(challenge))
            .text();
    String identity = clientId.map(id -> "&client_id=" + encoded(id)).orElse("");
    String token =
        request("/identity/oauth2/token?" + version + "&resource=" + RESOURCE + identity)
            .field("access_token");
    return AzureEvidence.of(attested, token);
  }

  private String newestVersion() {
    String newest = "";
    for (JsonNode version : request("/versions?format=json").json().path("apiVersions")) {
      newest = version.asText();
    }
    if (newest.compareTo(OLDEST_VERSION) < 0) {
      throw Evidence.lasting(
          AzureJoin.NAME,
          "the metadata service of this machine is older than %s".formatted(OLDEST_VERSION));
    }
    return newest;
  }

  private PlatformRequest request(String path) {
    String base = surroundings.variable(BASE_VARIABLE).orElse(BASE);
    URI target =
        PlatformAddress.parse(
            surroundings, BASE_VARIABLE, base.replaceAll("/+$", "") + "/metadata" + path);
    return new PlatformRequest(surroundings, "the metadata service of Azure", target)
        .direct()
        .header("Metadata", "True");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
