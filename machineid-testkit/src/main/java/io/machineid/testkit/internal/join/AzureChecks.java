package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.state.Refusal;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The method {@code azure}: the document of the machine, the token of its identity, and the rules.
 */
public final class AzureChecks {

  private static final Pattern RESOURCE =
      Pattern.compile(
          "/subscriptions/([^/]+)/resource[gG]roups/([^/]+)/providers/Microsoft.Compute/virtualMachines/[^/]+");

  private final AzureCloud azure;
  private final Issuer tenant;
  private final InstantSource clock;

  AzureChecks(AzureCloud azure, Issuer tenant, InstantSource clock) {
    this.azure = azure;
    this.tenant = tenant;
    this.clock = clock;
  }

  /**
   * What a machine shows.
   *
   * @param attestedData the attested document
   * @param intermediates the certificates above its signer, DER; empty with the older services,
   *     where the cluster fetches them
   * @param accessToken of the machine's identity
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
  public record Shown(byte[] attestedData, Optional<byte[]> intermediates, String accessToken) {}

  void check(ProvisionToken token, String challenge, Shown shown) {
    JsonNode document =
        shown
            .intermediates()
            .map(chain -> azure.open(shown.attestedData(), chain))
            .orElseGet(() -> azure.open(shown.attestedData()))
            .orElseThrow(() -> Refusal.denied("failed to verify the attested data's signature"));
    if (!document.path("nonce").asText().equals(challenge)) {
      throw Refusal.denied("challenge is missing or does not match");
    }
    String resource = resource(shown.accessToken());
    Matcher parts = RESOURCE.matcher(resource);
    Optional<String> machine = azure.machineId(resource);
    if (!parts.matches() || machine.isEmpty()) {
      throw Refusal.denied("could not find the virtual machine, or may not read it");
    }
    if (!machine.get().equals(document.path("vmId").asText())
        || !parts.group(1).equals(document.path("subscriptionId").asText())) {
      throw Refusal.denied("vm ID does not match that of the attested data");
    }
    for (JsonNode rule : token.rules()) {
      if (matches(rule, parts.group(1), parts.group(2))) {
        return;
      }
    }
    throw Refusal.denied("instance did not match any allow rules in token " + token.name());
  }

  private String resource(String accessToken) {
    IdToken token = IdToken.parse(accessToken, "parsing access token: ");
    boolean good =
        token.isSignedBy(tenant.jwks()) == IdToken.Check.GOOD
            && token.text("iss").equals(tenant.url())
            && token.audience().contains("https://management.azure.com/")
            && token.time("exp").filter(clock.instant()::isBefore).isPresent();
    if (!good) {
      throw Refusal.denied("failed to verify the access token");
    }
    return token.text("xms_mirid");
  }

  private static boolean matches(JsonNode rule, String subscription, String group) {
    if (!rule.path("subscription").asText().equals(subscription)) {
      return false;
    }
    JsonNode groups = rule.path("resource_groups");
    for (JsonNode each : groups) {
      if (each.asText().equalsIgnoreCase(group)) {
        return true;
      }
    }
    return groups.isEmpty();
  }
}
