package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of JSONPath that printer columns use: fields, {@code [0]}, {@code [*]} and {@code
 * [?(@.field=="value")]}, of which the first match counts.
 */
final class SimplePath {

  private static final Pattern STEP =
      Pattern.compile(
          "\\.?(?<field>(?:[^.\\[\\]\\\\]|\\\\.)+)"
              + "|\\[(?<index>\\d+|\\*)]"
              + "|\\['(?<quoted>[^']+)']"
              + "|\\[\\?\\(@\\.(?<key>[\\w-]+)\\s*==\\s*['\"](?<value>[^'\"]*)['\"]\\)]");

  private SimplePath() {}

  static JsonNode find(JsonNode node, String path) {
    Matcher matcher = STEP.matcher(path);
    JsonNode current = node;
    int end = 0;
    while (end < path.length() && matcher.find(end) && matcher.start() == end) {
      current = step(current, matcher);
      end = matcher.end();
    }
    return end == path.length() ? current : MissingNode.getInstance();
  }

  private static JsonNode step(JsonNode node, Matcher step) {
    if (step.group("field") != null) {
      return node.path(step.group("field").replaceAll("\\\\(.)", "$1"));
    }
    if (step.group("quoted") != null) {
      return node.path(step.group("quoted"));
    }
    if (step.group("index") != null) {
      String index = step.group("index");
      return node.path(index.equals("*") ? 0 : Integer.parseInt(index));
    }
    for (JsonNode item : node) {
      if (Json.text(item, step.group("key")).equals(step.group("value"))) {
        return item;
      }
    }
    return MissingNode.getInstance();
  }
}
