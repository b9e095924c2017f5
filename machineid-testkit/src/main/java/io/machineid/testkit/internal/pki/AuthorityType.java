package io.machineid.testkit.internal.pki;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The certificate authorities of a cluster that bots meet. */
public enum AuthorityType {
  /** Issues the certificates of servers. */
  HOST,
  /** Issues the certificates of users and bots. */
  USER,
  /** Issues the certificates of databases; has no SSH part. */
  DB;

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it signs SSH certificates too. */
  public boolean hasSsh() {
    return this != DB;
  }

  /** By the name on the wire. */
  public static Optional<AuthorityType> ofWireName(String name) {
    return Arrays.stream(values()).filter(type -> type.wireName().equals(name)).findFirst();
  }
}
