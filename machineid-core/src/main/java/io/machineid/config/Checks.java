package io.machineid.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the constructors of this package check. */
final class Checks {

  private Checks() {}

  static void notBlank(String value, String what) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(what + " is blank");
    }
  }

  /** A copy that keeps the order. */
  static Map<String, String> copy(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
