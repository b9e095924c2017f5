package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.machineid.testkit.internal.state.TeleportVersion;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads token resources as {@code tctl create -f} does, and refuses what it refuses. */
public final class TokenFile {

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

  private TokenFile() {}

  /**
   * Reads all token resources of a text.
   *
   * @param yaml one YAML document per token
   * @param version the join methods that the cluster knows
   * @return the tokens in order
   * @throws IllegalArgumentException for what the cluster would refuse, in its words
   */
  public static List<ProvisionToken> parse(String yaml, TeleportVersion version) {
    List<ProvisionToken> tokens = new ArrayList<>();
    for (JsonNode document : documents(yaml)) {
      if (!document.isNull() && !document.isMissingNode()) {
        tokens.add(token(document, version));
      }
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("there is no token in this text");
    }
    return tokens;
  }

  private static List<JsonNode> documents(String yaml) {
    try (MappingIterator<JsonNode> values = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      return values.readAll();
    } catch (IOException e) {
      throw new IllegalArgumentException("not YAML: " + e.getMessage(), e);
    }
  }

  private static ProvisionToken token(JsonNode root, TeleportVersion version) {
    if (!root.path("kind").asText().equals("token")) {
      throw new IllegalArgumentException(
          "kind: expected token, found " + root.path("kind").asText("nothing"));
    }
    String name = root.path("metadata").path("name").asText();
    if (name.isBlank()) {
      throw new IllegalArgumentException("metadata.name: is missing");
    }
    JsonNode spec = root.path("spec");
    String botName = spec.path("bot_name").asText();
    checkRoles(spec.path("roles"), botName);
    String method = spec.path("join_method").asText("");
    ProvisionToken token =
        new ProvisionToken(
            name, method.isEmpty() ? "token" : method, botName, expires(root), spec.deepCopy());
    TokenRules.check(token, version);
    return token;
  }

  private static void checkRoles(JsonNode roles, String botName) {
    boolean bot = false;
    for (JsonNode role : roles) {
      bot |= role.asText().equals("Bot");
    }
    if (bot && botName.isEmpty()) {
      throw new IllegalArgumentException("token with role \"Bot\" must set bot_name");
    }
    if (!bot) {
      throw new IllegalArgumentException(
          botName.isEmpty()
              ? "spec.roles: this fake cluster makes tokens of bots only: roles: [Bot]"
              : "can only set bot_name on token with role \"Bot\"");
    }
  }

  private static Optional<Instant> expires(JsonNode root) {
    String text = root.path("metadata").path("expires").asText("");
    if (text.isEmpty() || text.equals("null")) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("metadata.expires: not a time", e);
    }
  }
}
