package io.machineid.internal.transport;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import java.net.URI;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An address as Teleport writes it.
 *
 * @param host a name or an IP address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  /** Checks. */
  public HostPort {
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new IllegalArgumentException("not an address: `" + host + ":" + port + "`");
    }
  }

  /**
   * Reads {@code host:port}; the port is mandatory, since Teleport's addresses have no default one.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static HostPort parse(String text) {
    Objects.requireNonNull(
        text, "address is null: is the setting or environment variable set that it comes from?");
    try {
      URI uri = URI.create("teleport://" + text.strip());
      boolean bare =
          uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getUserInfo() == null;
      if (bare && uri.getHost() != null && uri.getPort() > 0) {
        String host = uri.getHost();
        return new HostPort(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(expected(text), e);
    }
    throw new IllegalArgumentException(expected(text));
  }

  /**
   * Reads an address that a server names.
   *
   * @param text what it says
   * @param server the server, for the message
   * @throws ConnectionException when that is no address
   */
  public static HostPort namedBy(HostPort server, String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConnectionException(
          Reason.BAD_RESPONSE,
          false,
          "%s names an address that cannot be used: %s. An administrator corrects it in Teleport's configuration (public_addr)"
              .formatted(server, e.getMessage()),
          e);
    }
  }

  private static String expected(String text) {
    return "`"
        + text
        + "` is not an address; expected host:port without a scheme, for example proxy.example.com:443";
  }

  /** Whether the host is an IP address rather than a name. */
  public boolean isIpAddress() {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  /** As in a URL, IPv6 in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
