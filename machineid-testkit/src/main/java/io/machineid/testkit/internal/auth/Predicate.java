package io.machineid.testkit.internal.auth;

import io.machineid.testkit.internal.state.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The language in which lists of resources are narrowed: comparisons of {@code name} and {@code
 * labels["key"]} with texts, joined by {@code &&}, {@code ||}, {@code !} and parentheses.
 */
final class Predicate {

  private static final int MAX_LENGTH = 4096;
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|&&|\\|\\||==|!=|[!()\\[\\].]|[A-Za-z_][A-Za-z0-9_]*)");

  private final List<String> tokens = new ArrayList<>();
  private final int length;
  private int next;

  private Predicate(String text) {
    length = text.length();
    Matcher matcher = TOKEN.matcher(text);
    int at = 0;
    while (at < length && matcher.region(at, length).lookingAt()) {
      tokens.add(matcher.group(1));
      at = matcher.end();
    }
    if (!text.substring(at).isBlank()) {
      throw Refusal.other("parsing expression\n\t1:%d: illegal character".formatted(at + 1));
    }
  }

  /**
   * Reads an expression; an empty one matches all.
   *
   * @throws Refusal where it cannot be read
   */
  static BiPredicate<String, Map<String, String>> parse(String text) {
    if (text.isBlank()) {
      return (name, labels) -> true;
    }
    if (text.length() > MAX_LENGTH) {
      throw Refusal.other("parsing expression\n\ttoo long");
    }
    Predicate parser = new Predicate(text);
    BiPredicate<String, Map<String, String>> result = parser.or();
    if (parser.next < parser.tokens.size()) {
      throw parser.unexpected("end");
    }
    return result;
  }

  private BiPredicate<String, Map<String, String>> or() {
    BiPredicate<String, Map<String, String>> left = and();
    while (take("||")) {
      left = left.or(and());
    }
    return left;
  }

  private BiPredicate<String, Map<String, String>> and() {
    BiPredicate<String, Map<String, String>> left = not();
    while (take("&&")) {
      left = left.and(not());
    }
    return left;
  }

  private BiPredicate<String, Map<String, String>> not() {
    if (take("!")) {
      return not().negate();
    }
    if (take("(")) {
      BiPredicate<String, Map<String, String>> inner = or();
      require(")");
      return inner;
    }
    return comparison();
  }

  private BiPredicate<String, Map<String, String>> comparison() {
    Operand left = operand();
    if (take("==")) {
      Operand right = operand();
      return (name, labels) -> left.value(name, labels).equals(right.value(name, labels));
    }
    require("!=");
    Operand right = operand();
    return (name, labels) -> !left.value(name, labels).equals(right.value(name, labels));
  }

  private Operand operand() {
    if (next < tokens.size() && tokens.get(next).startsWith("\"")) {
      String text = text();
      return (name, labels) -> text;
    }
    if (take("name")) {
      return (name, labels) -> name;
    }
    if (take("labels")) {
      require("[");
      String key = text();
      require("]");
      return (name, labels) -> labels.getOrDefault(key, "");
    }
    throw unexpected("operand");
  }

  private String text() {
    if (next == tokens.size() || !tokens.get(next).startsWith("\"")) {
      throw unexpected("text");
    }
    String quoted = tokens.get(next++);
    return quoted.substring(1, quoted.length() - 1).replaceAll("\\\\(.)", "$1");
  }

  private boolean take(String token) {
    boolean there = next < tokens.size() && tokens.get(next).equals(token);
    if (there) {
      next++;
    }
    return there;
  }

  private void require(String token) {
    if (!take(token)) {
      throw unexpected("'" + token + "'");
    }
  }

  private Refusal unexpected(String expected) {
    String found = next < tokens.size() ? tokens.get(next) : "EOF";
    return Refusal.other(
        "parsing expression\n\t1:%d: expected %s, found '%s'"
            .formatted(length + 1, expected, found));
  }

  private interface Operand {
    String value(String name, Map<String, String> labels);
  }
}
