package io.machineid.testing;

/** A key pair that `openssl genpkey -algorithm ed25519` has made, and token resources for it. */
public final class Keypairs {

  public static final String PRIVATE_KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIJbfk4G9wsUhUen+3+GCctjtgJcRab5C0Rns0mmNqwvf
      -----END PRIVATE KEY-----
      """;

  public static final String PUBLIC_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEHlfkPkA3hj2NHH0+ocA5DyCAOfmQy1JaQ/cnN1w+Yc";

  private Keypairs() {}

  /** Of the bot example. */
  public static String token(String name, String section) {
    return """
        kind: token
        version: v2
        metadata: {name: %s}
        spec:
          roles: [Bot]
          bot_name: example
          join_method: bound_keypair
          bound_keypair: %s
        """
        .formatted(name, section.startsWith("{") ? section : "{" + section + "}");
  }
}
