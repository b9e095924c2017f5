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
}
