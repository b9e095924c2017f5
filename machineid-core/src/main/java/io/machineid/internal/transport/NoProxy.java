package io.machineid.internal.transport;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code NO_PROXY} excepts: {@code *}, names with their subdomains, {@code .names} without the
 * name itself, addresses and networks, the first and the third with a port where it is given.
 */
final class NoProxy {

  private static final Pattern LITERAL = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-f:.]*:.*");
  private static final int ANY_PORT = -1;

  /** One entry: whether it covers a host, which is in lower case and without brackets. */
  private interface Rule {
    boolean covers(String host, Optional<InetAddress> address, int port);
  }

  private final List<Rule> rules;

  private NoProxy(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  static NoProxy parse(String variable) {
    List<Rule> rules = new ArrayList<>();
    for (String entry : variable.split(",", -1)) {
      String trimmed = entry.strip().toLowerCase(Locale.ROOT);
      if (!trimmed.isEmpty()) {
        rules.add(rule(trimmed));
      }
    }
    return new NoProxy(rules);
  }

  /** Whether a host is to be reached directly. */
  boolean covers(String host, int port) {
    String name = bare(host).toLowerCase(Locale.ROOT);
    Optional<InetAddress> address = literal(name);
    return rules.stream().anyMatch(rule -> rule.covers(name, address, port));
  }

  /** Whether a host is this machine; told by its name or address alone. */
  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  /** A host without the brackets that IPv6 has in a URL. */
  static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static Rule rule(String entry) {
    if (entry.equals("*")) {
      return (host, address, port) -> true;
    }
    int slash = entry.indexOf('/');
    if (slash >= 0) {
      return network(entry.substring(0, slash), entry.substring(slash + 1));
    }
    int colon = portColon(entry);
    String host = bare(colon < 0 ? entry : entry.substring(0, colon));
    int port = colon < 0 ? ANY_PORT : number(entry.substring(colon + 1));
    Rule named = literal(host).<Rule>map(NoProxy::address).orElseGet(() -> name(host));
    return (name, address, asked) ->
        (port == ANY_PORT || port == asked) && named.covers(name, address, asked);
  }

  /** Where the port begins; an IPv6 address without brackets has none. */
  private static int portColon(String entry) {
    int last = entry.lastIndexOf(':');
    boolean alone = entry.indexOf(':') == last || entry.lastIndexOf(']') == last - 1;
    return last > 0 && alone && !entry.endsWith("]") ? last : -1;
  }

  private static Rule address(InetAddress excepted) {
    return (host, address, port) -> address.filter(excepted::equals).isPresent();
  }

  private static Rule name(String name) {
    String plain = name.startsWith("*.") ? name.substring(1) : name;
    if (plain.startsWith(".")) {
      return (host, address, port) -> host.endsWith(plain);
    }
    return (host, address, port) -> host.equals(plain) || host.endsWith("." + plain);
  }

  private static Rule network(String base, String length) {
    Optional<InetAddress> network = literal(base);
    int bits = number(length);
    return (host, address, port) ->
        network.isPresent() && address.isPresent() && within(network.get(), bits, address.get());
  }

  private static boolean within(InetAddress network, int bits, InetAddress address) {
    byte[] first = network.getAddress();
    byte[] second = address.getAddress();
    int size = first.length * Byte.SIZE;
    if (second.length != first.length || bits < 0 || bits > size) {
      return false;
    }
    return Arrays.equals(
        new BigInteger(1, first).shiftRight(size - bits).toByteArray(),
        new BigInteger(1, second).shiftRight(size - bits).toByteArray());
  }

  private static int number(String digits) {
    try {
      return Integer.parseUnsignedInt(digits);
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** An IP address as it is written; names are never looked up. */
  private static Optional<InetAddress> literal(String host) {
    if (!LITERAL.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
