package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * A token resource of a bot.
 *
 * @param name its name; for the method {@code token} the secret
 * @param method the join method
 * @param botName who joins with it
 * @param expires when it ends, if it does
 * @param spec the whole of {@code spec}
 */
public record ProvisionToken(
    String name, String method, String botName, Optional<Instant> expires, JsonNode spec) {

  /** The part of the method, which has the same name; for {@code iam} the rules are in the spec. */
  public JsonNode section() {
    return spec.path(method);
  }

  /** The rules, any of which is enough. */
  public JsonNode rules() {
    return method.equals("iam") ? spec.path("allow") : section().path("allow");
  }

  @Override
  public String toString() {
    return "ProvisionToken[" + method + " for " + botName + "]";
  }
}
