package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.testkit.internal.state.Refusal;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * An ID token that somebody presents (RFC 7515, RFC 7519). Nothing of it is to be believed before
 * {@link #isSignedBy}.
 *
 * @param input what is signed
 * @param header who signed it, and how
 * @param claims what it says
 * @param signature the signature, still encoded
 */
record IdToken(String input, JsonNode header, JsonNode claims, String signature) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads one.
   *
   * @param prefix what errors begin with
   * @throws Refusal where it is none
   */
  static IdToken parse(String token, String prefix) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw Refusal.other(prefix + "go-jose/go-jose: compact JWS format must have three parts");
    }
    try {
      Base64.Decoder base64 = Base64.getUrlDecoder();
      return new IdToken(
          parts[0] + "." + parts[1],
          JSON.readTree(base64.decode(parts[0])),
          JSON.readTree(base64.decode(parts[1])),
          parts[2]);
    } catch (IOException | IllegalArgumentException e) {
      throw Refusal.other(prefix + "go-jose/go-jose: malformed token");
    }
  }

  /** How a signature turned out. */
  enum Check {
    /** Ours. */
    GOOD,
    /** The key set has no key of that name. */
    NO_KEY,
    /** Somebody else's, or changed since. */
    FORGED
  }

  Check isSignedBy(String jwks) {
    try {
      for (JsonNode key : JSON.readTree(jwks).path("keys")) {
        if (key.path("kid").asText().equals(header.path("kid").asText())) {
          return verify(key) ? Check.GOOD : Check.FORGED;
        }
      }
      return Check.NO_KEY;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return Check.FORGED;
    }
  }

  private boolean verify(JsonNode key) throws GeneralSecurityException {
    if (!header.path("alg").asText().equals("RS256")) {
      return false;
    }
    PublicKey rsa =
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(rsa);
    check.update(input.getBytes(StandardCharsets.US_ASCII));
    return check.verify(Base64.getUrlDecoder().decode(signature));
  }

  private static BigInteger number(JsonNode key, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(name).asText()));
  }

  List<String> audience() {
    JsonNode audience = claims.path("aud");
    List<String> all = new ArrayList<>();
    if (audience.isArray()) {
      audience.forEach(each -> all.add(each.asText()));
    } else if (!audience.isMissingNode()) {
      all.add(audience.asText());
    }
    return all;
  }

  Optional<Instant> time(String claim) {
    JsonNode value = claims.path(claim);
    return value.isNumber()
        ? Optional.of(Instant.ofEpochSecond(value.longValue()))
        : Optional.empty();
  }

  String text(String claim) {
    return claims.path(claim).asText("");
  }

  @Override
  public String toString() {
    return "IdToken[…]";
  }
}
