package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.state.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** ID tokens of platforms: who issued them, for whom, and what the rules say to their claims. */
final class PlatformEvidence {

  private static final Duration LEEWAY = Duration.ofMinutes(2);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

  private final PlatformRules rules;
  private final String clusterName;
  private final InstantSource clock;
  private final Function<String, @Nullable Issuer> issuers;

  PlatformEvidence(
      PlatformRules rules,
      String clusterName,
      InstantSource clock,
      Function<String, @Nullable Issuer> issuers) {
    this.rules = rules;
    this.clusterName = clusterName;
    this.clock = clock;
    this.issuers = issuers;
  }

  void check(ProvisionToken token, String idToken) {
    if (idToken.isEmpty()) {
      throw Refusal.bad(
          "IDToken not provided for %s join request".formatted(rules.nameInRefusals()));
    }
    String url = rules.issuer(token.section());
    Issuer issuer = issuers.apply(url);
    if (issuer == null) {
      throw Refusal.other(
          "Get \"%s/.well-known/openid-configuration\": no such host".formatted(url));
    }
    IdToken presented = IdToken.parse(idToken, "oidc: malformed jwt: ");
    checkClaims(presented, url, rules.audience(token.section(), clusterName));
    if (presented.isSignedBy(issuer.jwks()) != IdToken.Check.GOOD) {
      throw Refusal.other("failed to verify signature: failed to verify id token signature");
    }
    if (presented.time("nbf").filter(clock.instant().plus(LEEWAY)::isBefore).isPresent()) {
      throw Refusal.denied("token not before in future");
    }
    for (JsonNode rule : token.rules()) {
      if (rules.matches(rule, presented.claims())) {
        return;
      }
    }
    throw Refusal.denied("id token claims did not match any allow rules");
  }

  private void checkClaims(IdToken presented, String issuer, String audience) {
    if (!presented.text("iss").equals(issuer)) {
      throw Refusal.other(
          "oidc: id token issued by a different provider, expected \"%s\" got \"%s\""
              .formatted(issuer, presented.text("iss")));
    }
    if (!presented.audience().contains(audience)) {
      throw Refusal.other(
          "oidc: expected audience \"%s\" got [%s]"
              .formatted(
                  audience,
                  presented.audience().stream()
                      .map(each -> '"' + each + '"')
                      .collect(Collectors.joining(" "))));
    }
    Instant end = presented.time("exp").orElse(Instant.EPOCH);
    if (!clock.instant().isBefore(end)) {
      throw Refusal.other("oidc: token is expired (Token Expiry: %s)".formatted(TIME.format(end)));
    }
  }
}
