package io.machineid.testkit.internal.join;

import io.machineid.testkit.internal.state.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An HTTP request as it goes over the wire.
 *
 * @param method the method
 * @param path the path
 * @param headers by lower-case names
 * @param body the body
 */
record RawRequest(String method, String path, SortedMap<String, String> headers, String body) {

  /**
   * Reads one.
   *
   * @throws Refusal where it is none
   */
  static RawRequest parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    String[] lines = end < 0 ? new String[0] : text.substring(0, end).split("\r\n", -1);
    String[] first = lines.length == 0 ? new String[0] : lines[0].split(" ", -1);
    if (first.length != 3 || !first[2].equals("HTTP/1.1")) {
      throw Refusal.bad("malformed HTTP request");
    }
    SortedMap<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon < 1) {
        throw Refusal.bad("malformed MIME header line");
      }
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    return new RawRequest(first[0], first[1], headers, text.substring(end + 4));
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  @Override
  public String toString() {
    return "RawRequest[" + method + " " + path + "]";
  }
}
