package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * What a token resource says of its key pair.
 *
 * @param token the token resource
 */
record KeypairRules(ProvisionToken token) {

  private static final List<String> MODES = List.of("standard", "relaxed", "insecure");

  private JsonNode onboarding() {
    return token.section().path("onboarding");
  }

  private JsonNode recovery() {
    return token.section().path("recovery");
  }

  /** Refuses what a cluster refuses. */
  void check() {
    if (!MODES.contains(mode())) {
      throw new IllegalArgumentException(
          "spec.bound_keypair.recovery.mode: must be one of [%s]: \"%s\""
              .formatted(String.join(", ", MODES), mode()));
    }
    if (mode().equals("standard") && limit() < 1) {
      throw new IllegalArgumentException(
          "spec.bound_keypair.recovery.limit: must be at least 1 to allow initial joining");
    }
    if (initialKey().isPresent() && onboarding().hasNonNull("registration_secret")) {
      throw new IllegalArgumentException(
          "spec.bound_keypair.onboarding: initial_public_key and registration_secret are exclusive");
    }
    var unused = time(onboarding(), "must_register_before");
    var unusedToo = time(token.section(), "rotate_after");
  }

  String mode() {
    return recovery().path("mode").asText("standard");
  }

  boolean verifiesState() {
    return !mode().equals("insecure");
  }

  int limit() {
    return recovery().path("limit").asInt(1);
  }

  /** Whether one more recovery is allowed. */
  boolean allowsRecovery(int count) {
    return !mode().equals("standard") || count < limit();
  }

  Optional<String> initialKey() {
    return Optional.of(onboarding().path("initial_public_key").asText(""))
        .filter(key -> !key.isEmpty());
  }

  Optional<Instant> mustRegisterBefore() {
    return time(onboarding(), "must_register_before");
  }

  Optional<Instant> rotateAfter() {
    return time(token.section(), "rotate_after");
  }

  private static Optional<Instant> time(JsonNode node, String key) {
    String text = node.path(key).asText("");
    if (text.isEmpty() || text.equals("null")) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("spec.bound_keypair: " + key + ": not a time", e);
    }
  }
}
