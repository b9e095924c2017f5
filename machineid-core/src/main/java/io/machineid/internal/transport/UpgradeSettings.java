package io.machineid.internal.transport;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says about the connection upgrade, in the variables that Teleport's own
 * programs read. Immutable.
 */
public final class UpgradeSettings {

  private static final String SWITCH = "TELEPORT_TLS_ROUTING_CONN_UPGRADE";
  private static final String MODE = "TELEPORT_TLS_ROUTING_CONN_UPGRADE_MODE";
  private static final List<String> TRUE = List.of("1", "t", "true", "y", "yes", "on");
  private static final List<String> FALSE = List.of("0", "f", "false", "n", "no", "off");

  private final Optional<Boolean> forAll;
  private final Map<String, Boolean> byAddress;
  private final boolean webSocket;
  private final boolean legacy;

  private UpgradeSettings(
      Optional<Boolean> forAll, Map<String, Boolean> byAddress, boolean webSocket, boolean legacy) {
    this.forAll = forAll;
    this.byAddress = Map.copyOf(byAddress);
    this.webSocket = webSocket;
    this.legacy = legacy;
  }

  /**
   * Reads the variables. What is neither a word for yes or no, nor an address with one, is passed
   * over, as Teleport's own programs do.
   *
   * @param environment such as {@link System#getenv()}
   */
  public static UpgradeSettings of(Map<String, String> environment) {
    Optional<Boolean> forAll = Optional.empty();
    Map<String, Boolean> byAddress = new HashMap<>();
    for (String part : parts(environment.getOrDefault(SWITCH, ""))) {
      int equals = part.indexOf('=');
      Optional<Boolean> value = word(part.substring(equals + 1));
      if (equals < 0) {
        forAll = value.isPresent() ? value : forAll;
      } else if (value.isPresent()) {
        byAddress.put(part.substring(0, equals).strip().toLowerCase(Locale.ROOT), value.get());
      }
    }
    String mode = environment.getOrDefault(MODE, "").strip().toLowerCase(Locale.ROOT);
    return new UpgradeSettings(
        forAll, byAddress, !mode.equals("legacy"), !mode.equals("websocket"));
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split("[,;]", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  private static Optional<Boolean> word(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    return TRUE.contains(word)
        ? Optional.of(true)
        : FALSE.contains(word) ? Optional.of(false) : Optional.empty();
  }

  /** Whether connections to a proxy are upgraded, where that was said. */
  Optional<Boolean> decided(HostPort proxy) {
    Boolean own = byAddress.get(proxy.toString().toLowerCase(Locale.ROOT));
    return own == null ? forAll : Optional.of(own);
  }

  /** Whether to offer WebSocket. */
  boolean webSocket() {
    return webSocket;
  }

  /** Whether to offer the older form. */
  boolean legacy() {
    return legacy;
  }
}
