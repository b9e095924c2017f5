package io.machineid.testkit.internal.role;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A place in a role's text that knows its path, so that errors can name it. */
record RoleNode(String path, JsonNode json) {

  static RoleNode root(JsonNode json) {
    return new RoleNode("", json).object();
  }

  /** The value of a key; of an absent object, an absent value. */
  RoleNode at(String key) {
    String child = path.isEmpty() ? key : path + "." + key;
    JsonNode value = absent() ? MissingNode.getInstance() : object().json.path(key);
    return new RoleNode(child, value);
  }

  boolean absent() {
    return json.isMissingNode() || json.isNull();
  }

  String requiredText() {
    String text = text("");
    if (text.isEmpty()) {
      throw bad("is missing");
    }
    return text;
  }

  String text(String absentValue) {
    if (absent()) {
      return absentValue;
    }
    if (!json.isValueNode()) {
      throw bad("expected text, found " + found());
    }
    return json.asText();
  }

  /** A list of texts; one text stands for a list of one. */
  List<String> texts() {
    if (json.isValueNode() && !absent()) {
      return List.of(text(""));
    }
    return items().stream().map(item -> item.text("")).toList();
  }

  List<RoleNode> items() {
    if (absent()) {
      return List.of();
    }
    if (!json.isArray()) {
      throw bad("expected a list, found " + found());
    }
    List<RoleNode> items = new ArrayList<>();
    for (JsonNode item : json) {
      items.add(new RoleNode(path + "[" + items.size() + "]", item));
    }
    return items;
  }

  Map<String, List<String>> labels() {
    Map<String, List<String>> labels = new LinkedHashMap<>();
    if (!absent()) {
      object().json.fieldNames().forEachRemaining(key -> labels.put(key, at(key).texts()));
    }
    return labels;
  }

  IllegalArgumentException bad(String what) {
    return new IllegalArgumentException((path.isEmpty() ? "role" : path) + ": " + what);
  }

  IllegalArgumentException bad(IllegalArgumentException cause) {
    return new IllegalArgumentException(path + ": " + cause.getMessage(), cause);
  }

  private RoleNode object() {
    if (!json.isObject()) {
      throw bad("expected keys and values, found " + found());
    }
    return this;
  }

  private String found() {
    JsonNodeType type = json.getNodeType();
    return switch (type) {
      case ARRAY -> "a list";
      case OBJECT -> "keys and values";
      case NULL, MISSING -> "nothing";
      default -> "\"" + json.asText() + "\"";
    };
  }
}
