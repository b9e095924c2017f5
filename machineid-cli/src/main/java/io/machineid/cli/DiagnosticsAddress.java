package io.machineid.cli;

import io.machineid.ConfigException;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where diagnostics are served.
 *
 * @param host a name or address without brackets, or empty for all addresses of the machine
 * @param port 0 for any that is free
 */
record DiagnosticsAddress(String host, int port) {

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^:\\[\\]/]*)):([0-9]{1,5})");
  private static final int HIGHEST_PORT = 65_535;

  static DiagnosticsAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(3)) > HIGHEST_PORT) {
      throw new ConfigException(
          "diag_addr: `%s` is no address; write host:port, such as 127.0.0.1:3001".formatted(text),
          null);
    }
    String host = form.group(1) == null ? form.group(2) : form.group(1);
    return new DiagnosticsAddress(host, Integer.parseInt(form.group(3)));
  }

  InetSocketAddress toListen() {
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }

  /** Where somebody on this machine asks. */
  String url(String path) {
    String named = host.isEmpty() ? "127.0.0.1" : host;
    return "http://" + (named.contains(":") ? "[" + named + "]" : named) + ":" + port + path;
  }
}
