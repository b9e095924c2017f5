package io.machineid.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the form of addresses. */
final class Addresses {

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})|\\[[0-9A-Fa-f:.%]+]):(\\d{1,5})");

  private Addresses() {}

  /** Whether the text is a host with a port; Teleport's addresses have no default one. */
  static boolean isHostAndPort(String text) {
    Matcher matcher = HOST_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int port = Integer.parseInt(matcher.group(2));
    return port >= 1 && port <= 65535;
  }

  static String check(Section section, String key, String text) {
    if (!isHostAndPort(text)) {
      throw section.error(
          key,
          "must be host:port, such as example.com:443, without https:// and path, is `"
              + Values.printable(text)
              + "`");
    }
    return text;
  }

  /** An address to listen at: the host may be missing, for all. */
  static String listening(Section section, String key, String text) {
    if (!isHostAndPort(text.startsWith(":") ? "all" + text : text)) {
      throw section.error(
          key,
          "must be host:port to listen at, such as 127.0.0.1:3001, is `"
              + Values.printable(text)
              + "`");
    }
    return text;
  }
}
