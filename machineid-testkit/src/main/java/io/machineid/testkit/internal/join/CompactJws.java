package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.Optional;

/** Texts signed by RFC 7515, in the compact form. */
final class CompactJws {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private CompactJws() {}

  /** Signs with an Ed25519 key. */
  static String sign(String payload, PrivateKey key) {
    String input =
        encode("{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + encode(payload.getBytes(StandardCharsets.UTF_8));
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot sign with Ed25519", e);
    }
  }

  /** What was signed; empty where it was not, or not with this key. */
  static Optional<String> verified(String jws, PublicKey key) {
    String[] parts = jws.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      boolean edwards = key.getAlgorithm().startsWith("Ed");
      String algorithm = edwards ? "EdDSA" : key.getAlgorithm().equals("EC") ? "ES256" : "RS256";
      if (!JSON.readTree(decoded(parts[0])).path("alg").asText().equals(algorithm)
          || !JSON.readTree(decoded(parts[0])).path("typ").asText().equals("JWT")) {
        return Optional.empty();
      }
      Signature signature =
          Signature.getInstance(
              switch (algorithm) {
                case "EdDSA" -> "Ed25519";
                case "ES256" -> "SHA256withECDSAinP1363Format";
                default -> "SHA256withRSA";
              });
      signature.initVerify(key);
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(parts[2]))
          ? Optional.of(decoded(parts[1]))
          : Optional.empty();
    } catch (GeneralSecurityException | JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String decoded(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }

  private static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }
}
