package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.state.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The method {@code kubernetes}: tokens of service accounts. */
final class KubernetesEvidence {

  private static final Duration LEEWAY = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final String REVIEWING = "reviewing kubernetes token with ";

  private final String clusterName;
  private final InstantSource clock;
  private final Issuer ownKubernetes;
  private final Function<String, @Nullable Issuer> issuers;

  KubernetesEvidence(
      String clusterName,
      InstantSource clock,
      Issuer ownKubernetes,
      Function<String, @Nullable Issuer> issuers) {
    this.issuers = issuers;
    this.clusterName = clusterName;
    this.clock = clock;
    this.ownKubernetes = ownKubernetes;
  }

  void check(ProvisionToken token, String idToken) {
    if (idToken.isEmpty()) {
      throw Refusal.bad("IDToken not provided for Kubernetes join request");
    }
    IdToken presented =
        switch (token.section().path("type").asText("")) {
          case "static_jwks" -> byKeySet(token, idToken);
          case "oidc" -> byDiscovery(token, idToken);
          default -> byReview(idToken);
        };
    String subject = presented.text("sub");
    for (JsonNode rule : token.rules()) {
      if (subject.equals("system:serviceaccount:" + rule.path("service_account").asText())) {
        return;
      }
    }
    throw Refusal.denied("kubernetes token did not match any allow rules");
  }

  private IdToken byKeySet(ProvisionToken token, String idToken) {
    IdToken presented = IdToken.parse(idToken, REVIEWING + "static_jwks\n\tparsing jwt\n\t\t");
    String jwks = token.section().path("static_jwks").path("jwks").asText();
    switch (presented.isSignedBy(jwks)) {
      case GOOD -> {}
      case NO_KEY -> throw signature("unsupported key type/format");
      case FORGED -> throw signature("error in cryptographic primitive");
    }
    if (!presented.audience().contains(clusterName)) {
      throw claim("invalid audience claim (aud)");
    }
    Instant now = clock.instant();
    if (presented.time("nbf").filter(now.plus(LEEWAY)::isBefore).isPresent()) {
      throw claim("token not valid yet (nbf)");
    }
    if (presented.time("exp").filter(now.minus(LEEWAY)::isAfter).isPresent()) {
      throw claim("token is expired (exp)");
    }
    checkForm(presented, "static_jwks");
    return presented;
  }

  /** By the keys that the issuer publishes, as an EKS cluster does. */
  private IdToken byDiscovery(ProvisionToken token, String idToken) {
    String prefix = REVIEWING + "oidc\n\t";
    IdToken presented = IdToken.parse(idToken, prefix + "oidc: malformed jwt: ");
    String url = token.section().path("oidc").path("issuer").asText();
    Issuer issuer = issuers.apply(url);
    if (issuer == null) {
      throw Refusal.other(
          prefix + "Get \"%s/.well-known/openid-configuration\": no such host".formatted(url));
    }
    if (!presented.text("iss").equals(url)) {
      throw Refusal.other(
          prefix
              + "oidc: id token issued by a different provider, expected \"%s\" got \"%s\""
                  .formatted(url, presented.text("iss")));
    }
    if (!presented.audience().contains(clusterName)) {
      throw Refusal.other(
          prefix
              + "oidc: expected audience \"%s\" got %s"
                  .formatted(clusterName, presented.audience()));
    }
    if (presented.time("exp").filter(clock.instant().minus(LEEWAY)::isAfter).isPresent()) {
      throw Refusal.other(prefix + "oidc: token is expired");
    }
    if (presented.isSignedBy(issuer.jwks()) != IdToken.Check.GOOD) {
      throw Refusal.other(
          prefix + "failed to verify signature: failed to verify id token signature");
    }
    checkForm(presented, "oidc");
    return presented;
  }

  private static void checkForm(IdToken presented, String type) {
    String requires = "%1$s%2$s\n\t%2$s joining requires the use of ".formatted(REVIEWING, type);
    if (!presented.claims().path("kubernetes.io").path("pod").isObject()) {
      throw Refusal.bad(requires + "projected pod bound service account token");
    }
    Instant end =
        presented
            .time("exp")
            .orElseThrow(() -> Refusal.bad(requires + "a service account token with `exp`"));
    Instant begin =
        presented
            .time("iat")
            .orElseThrow(() -> Refusal.bad(requires + "a service account token with `iat`"));
    if (Duration.between(begin, end).compareTo(LONGEST) > 0) {
      throw Refusal.bad(requires + "a service account token with a TTL of less than 30m0s");
    }
  }

  private static Refusal signature(String what) {
    return Refusal.other(
        REVIEWING + "static_jwks\n\tvalidating jwt signature\n\t\tgo-jose/go-jose: " + what);
  }

  private static Refusal claim(String what) {
    return Refusal.other(
        REVIEWING
            + "static_jwks\n\tvalidating jwt claims\n\t\tgo-jose/go-jose/jwt: validation failed, "
            + what);
  }

  /** What the API server of the cluster's own Kubernetes cluster would say. */
  private IdToken byReview(String idToken) {
    String prefix = REVIEWING + "in_cluster\n\t";
    IdToken presented = IdToken.parse(idToken, prefix);
    boolean good =
        presented.isSignedBy(ownKubernetes.jwks()) == IdToken.Check.GOOD
            && presented.text("iss").equals(ownKubernetes.url())
            && presented.audience().contains(ownKubernetes.url())
            && presented.time("exp").filter(clock.instant()::isBefore).isPresent();
    if (!good) {
      throw Refusal.denied(prefix + "Kubernetes failed to validate token: invalid bearer token");
    }
    if (!presented.text("sub").startsWith("system:serviceaccount:")) {
      throw Refusal.bad(prefix + "token user is not a service account: " + presented.text("sub"));
    }
    if (!presented.claims().path("kubernetes.io").path("pod").isObject()) {
      throw Refusal.bad(
          prefix
              + "legacy SA tokens are not accepted as kubernetes version 1.29 supports bound tokens");
    }
    return presented;
  }
}
