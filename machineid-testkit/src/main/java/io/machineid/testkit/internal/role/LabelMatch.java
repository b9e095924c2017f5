package io.machineid.testkit.internal.role;

import java.util.List;
import java.util.Map;

/** Matching a cluster's labels with those that a role names. */
final class LabelMatch {

  private static final String ANY = "*";

  private LabelMatch() {}

  /** Whether every label of the role is matched; a role that names none matches nothing. */
  static boolean matches(Map<String, List<String>> wanted, Map<String, String> labels) {
    return !wanted.isEmpty()
        && wanted.entrySet().stream()
            .allMatch(entry -> matches(entry.getKey(), entry.getValue(), labels));
  }

  private static boolean matches(String key, List<String> values, Map<String, String> labels) {
    if (key.equals(ANY)) {
      return values.contains(ANY);
    }
    String value = labels.get(key);
    return value != null && Roles.anyMatches(values, value);
  }
}
