package io.machineid.testkit.internal.role;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads roles as {@code tctl create -f} does: YAML, one role or several. */
public final class RoleFile {

  private static final String DEFAULT_SESSION_TTL = "30h0m0s";
  private static final List<String> VERSIONS = List.of("v3", "v4", "v5", "v6", "v7");

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

  private RoleFile() {}

  /**
   * A role as it was read.
   *
   * @param role the role, with the defaults of its version filled in
   * @param warnings what a real cluster would refuse or deny, one sentence each
   */
  public record Parsed(Role role, List<String> warnings) {

    /** Copies. */
    public Parsed {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Reads all roles of a text.
   *
   * @param yaml one YAML document per role
   * @return the roles in order
   * @throws IllegalArgumentException for what is not a role, naming the key
   */
  public static List<Parsed> parse(String yaml) {
    List<Parsed> roles = new ArrayList<>();
    for (JsonNode document : documents(yaml)) {
      if (!document.isNull() && !document.isMissingNode()) {
        roles.add(role(RoleNode.root(document)));
      }
    }
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("there is no role in this text");
    }
    return roles;
  }

  private static List<JsonNode> documents(String yaml) {
    try (MappingIterator<JsonNode> values = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      return values.readAll();
    } catch (IOException e) {
      throw new IllegalArgumentException("not YAML: " + e.getMessage(), e);
    }
  }

  private static Parsed role(RoleNode root) {
    String kind = root.at("kind").requiredText();
    if (!kind.equals("role")) {
      throw root.at("kind").bad("expected role, found " + kind);
    }
    String version = root.at("version").requiredText();
    if (!VERSIONS.contains(version)) {
      throw root.at("version").bad("expected one of " + VERSIONS + ", found " + version);
    }
    String name = root.at("metadata").at("name").requiredText();
    RoleNode spec = root.at("spec");
    List<String> warnings = new ArrayList<>();
    ConditionsReader conditions = new ConditionsReader(name, version, warnings);
    Role.Conditions allow = conditions.allow(spec.at("allow"));
    Role.Conditions deny = conditions.deny(spec.at("deny"));
    return new Parsed(new Role(name, version, sessionTtl(spec), allow, deny), warnings);
  }

  private static Duration sessionTtl(RoleNode spec) {
    RoleNode node = spec.at("options").at("max_session_ttl");
    String text = node.text(DEFAULT_SESSION_TTL);
    try {
      return GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw node.bad(e);
    }
  }
}
