package io.machineid.testkit.internal.join;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whether what a rule says for one key is so of the claims that are presented. */
@FunctionalInterface
interface ClaimMatch {

  boolean matches(JsonNode wanted, JsonNode claims);

  /** Equal to a claim; booleans as GitLab writes them, in quotes. */
  static ClaimMatch exactly(String claim) {
    return (wanted, claims) -> wanted.asText().equals(claims.path(claim).asText());
  }

  /** Claims of the keys' own names. */
  static Map<String, ClaimMatch> exact(List<String> names) {
    return names.stream().collect(Collectors.toMap(name -> name, ClaimMatch::exactly));
  }

  /** Claims of the keys' own names, with {@code *} and {@code ?}. */
  static Map<String, ClaimMatch> globs(List<String> names) {
    return names.stream()
        .collect(
            Collectors.toMap(
                name -> name,
                name -> (wanted, claims) -> glob(wanted.asText(), claims.path(name).asText())));
  }

  /** Whether a text is as a pattern with {@code *} and {@code ?} says. */
  static boolean glob(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    pattern
        .codePoints()
        .forEach(
            point ->
                regex.append(
                    switch (point) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(point));
                    }));
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
  }

  /** One of those that a claim lists. */
  static ClaimMatch among(String claim) {
    return (wanted, claims) -> {
      for (JsonNode each : claims.path(claim)) {
        if (each.asText().equals(wanted.asText())) {
          return true;
        }
      }
      return false;
    };
  }

  /** A part of a subject such as {@code p://organization/project/pipeline}. */
  static ClaimMatch pathOfSubject(int part) {
    return (wanted, claims) -> {
      String[] parts = claims.path("sub").asText().replaceFirst("^p://", "").split("/", -1);
      return parts.length > part && parts[part].equals(wanted.asText());
    };
  }

  static Map<String, ClaimMatch> all(Map<String, ClaimMatch> some, Map<String, ClaimMatch> others) {
    Map<String, ClaimMatch> both = new HashMap<>(some);
    both.putAll(others);
    return Map.copyOf(both);
  }
}
