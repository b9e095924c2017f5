package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.machineid.testkit.BoundKeypairStatus;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;

/** The documents of the method bound_keypair: challenges, and join states with their signature. */
final class JoinStates {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration BACK_DATING = Duration.ofSeconds(10);
  private static final Duration CHALLENGE_LIFE = Duration.ofMinutes(1);
  private static final int NONCE_BYTES = 24;

  private final String clusterName;
  private final KeyPair authority;
  private final InstantSource clock;

  JoinStates(String clusterName, KeyPair authority, InstantSource clock) {
    this.clusterName = clusterName;
    this.authority = authority;
    this.clock = clock;
  }

  /** Claims that a key has to sign. */
  String challenge(String keyId) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    long now = clock.instant().getEpochSecond();
    return JSON.createObjectNode()
        .put("iss", clusterName)
        .put("aud", clusterName)
        .put("sub", keyId)
        .put("nbf", now - BACK_DATING.toSeconds())
        .put("iat", now)
        .put("exp", now + CHALLENGE_LIFE.toSeconds())
        .put("nonce", HexFormat.of().formatHex(nonce))
        .toString();
  }

  /** Whether a challenge may still be answered. */
  boolean isFresh(String challenge) {
    try {
      return clock.instant().getEpochSecond() < JSON.readTree(challenge).path("exp").asLong();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a challenge of our own", e);
    }
  }

  byte[] sign(KeypairRules rules, BoundKeypairStatus status) {
    long now = clock.instant().getEpochSecond();
    String claims =
        JSON.createObjectNode()
            .put("iss", clusterName)
            .put("aud", clusterName)
            .put("sub", rules.token().botName())
            .put("nbf", now - BACK_DATING.toSeconds())
            .put("iat", now)
            .put("bot_instance_id", status.botInstanceId().orElseThrow())
            .put("recovery_sequence", status.recoveryCount())
            .put("recovery_limit", rules.limit())
            .put("recovery_mode", rules.mode())
            .toString();
    return CompactJws.sign(claims, authority.getPrivate()).getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether it is the state that was handed out for what is noted now. */
  boolean verify(byte[] state, KeypairRules rules, BoundKeypairStatus status) {
    return CompactJws.verified(new String(state, StandardCharsets.UTF_8), authority.getPublic())
        .filter(
            text -> {
              JsonNode claims = tree(text);
              return claims.path("iss").asText().equals(clusterName)
                  && claims.path("aud").asText().equals(clusterName)
                  && claims.path("sub").asText().equals(rules.token().botName())
                  && claims.path("recovery_sequence").asInt(-1) == status.recoveryCount()
                  && claims
                      .path("bot_instance_id")
                      .asText()
                      .equals(status.botInstanceId().orElse("-"));
            })
        .isPresent();
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }
}
