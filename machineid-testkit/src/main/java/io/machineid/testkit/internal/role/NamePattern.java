package io.machineid.testkit.internal.role;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** How roles write sets of names: exact, with {@code *} for any text, or {@code ^regex$}. */
final class NamePattern {

  private static final int MAX_LENGTH = 1000;

  private final Pattern pattern;

  private NamePattern(Pattern pattern) {
    this.pattern = pattern;
  }

  static NamePattern of(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a pattern longer than " + MAX_LENGTH + " characters");
    }
    boolean regex = text.startsWith("^") && text.endsWith("$");
    try {
      return new NamePattern(
          Pattern.compile(regex ? text : "^" + wildcards(text) + "\\z", Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a regular expression: " + text, e);
    }
  }

  static boolean matches(String text, String name) {
    return of(text).matches(name);
  }

  boolean matches(String name) {
    return pattern.matcher(name).find();
  }

  private static String wildcards(String text) {
    return Arrays.stream(text.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*"));
  }
}
