package io.machineid.cli;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** Writes JSON in one line: objects of texts, numbers, times and further objects. */
final class Json {

  private Json() {}

  /** The object, with its entries in the order of the map. */
  static String object(Map<String, ?> entries) {
    StringBuilder json = new StringBuilder();
    append(json, entries);
    return json.toString();
  }

  private static void append(StringBuilder json, Object value) {
    if (value instanceof Map<?, ?> object) {
      json.append('{');
      String separator = "";
      for (Map.Entry<?, ?> entry : object.entrySet()) {
        json.append(separator);
        text(json, String.valueOf(entry.getKey()));
        json.append(':');
        append(json, entry.getValue());
        separator = ",";
      }
      json.append('}');
    } else if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
      json.append(value);
    } else if (value instanceof String || value instanceof Instant) {
      text(json, value.toString());
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private static void text(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
            json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
