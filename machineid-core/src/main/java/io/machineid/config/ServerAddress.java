package io.machineid.config;

import java.util.Objects;

/**
 * The cluster's address, and what stands there.
 *
 * @param kind proxy or auth server
 * @param address {@code host:port}
 */
public record ServerAddress(Kind kind, String address) {

  /** What the address leads to. */
  public enum Kind {
    /** {@code proxy_server}. */
    PROXY,
    /** {@code auth_server}. */
    AUTH
  }

  /**
   * Checks.
   *
   * @param kind component {@code kind}
   * @param address component {@code address}
   */
  public ServerAddress {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(address, "address");
  }
}
