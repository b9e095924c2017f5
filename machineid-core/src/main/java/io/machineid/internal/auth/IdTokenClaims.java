package io.machineid.internal.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What an ID token says of itself, for messages: who issued it to whom for whom, and until when. No
 * part of it lets anybody in.
 */
final class IdTokenClaims {

  private static final ObjectMapper JSON = new ObjectMapper();

  private IdTokenClaims() {}

  /** The claims that decide, in words; nothing where they cannot be read. */
  static String describe(String token) {
    try {
      String[] parts = token.split("\\.", -1);
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      List<String> said = new ArrayList<>();
      for (String name : List.of("iss", "aud", "sub")) {
        JsonNode value = claims.path(name);
        if (!value.isMissingNode()) {
          said.add(name + "=" + (value.isTextual() ? value.textValue() : value.toString()));
        }
      }
      if (claims.path("exp").canConvertToLong()) {
        said.add("exp=" + Instant.ofEpochSecond(claims.path("exp").longValue()));
      }
      return said.isEmpty() ? "" : "The ID token says " + AuthErrors.quote(String.join(", ", said));
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }
}
