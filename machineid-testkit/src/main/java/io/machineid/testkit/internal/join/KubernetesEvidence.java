package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.machineid.testkit.internal.state.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The method {@code kubernetes}: tokens of service accounts. */
final class KubernetesEvidence {

  private static final Duration LEEWAY = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final String REVIEWING = "reviewing kubernetes token with ";
  private static final String REQUIRES =
      REVIEWING + "static_jwks\n\tstatic_jwks joining requires the use of ";

  private final String clusterName;
  private final InstantSource clock;
  private final Issuer ownKubernetes;

  KubernetesEvidence(String clusterName, InstantSource clock, Issuer ownKubernetes) {
    this.clusterName = clusterName;
    this.clock = clock;
    this.ownKubernetes = ownKubernetes;
  }

  void check(ProvisionToken token, String idToken) {
    if (idToken.isEmpty()) {
      throw Refusal.bad("IDToken not provided for Kubernetes join request");
    }
    boolean known = token.section().path("type").asText("").equals("static_jwks");
    IdToken presented = known ? byKeySet(token, idToken) : byReview(idToken);
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
    checkForm(presented);
    return presented;
  }

  private static void checkForm(IdToken presented) {
    if (!presented.claims().path("kubernetes.io").path("pod").isObject()) {
      throw Refusal.bad(REQUIRES + "projected pod bound service account token");
    }
    Instant end =
        presented
            .time("exp")
            .orElseThrow(() -> Refusal.bad(REQUIRES + "a service account token with `exp`"));
    Instant begin =
        presented
            .time("iat")
            .orElseThrow(() -> Refusal.bad(REQUIRES + "a service account token with `iat`"));
    if (Duration.between(begin, end).compareTo(LONGEST) > 0) {
      throw Refusal.bad(REQUIRES + "a service account token with a TTL of less than 30m0s");
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
