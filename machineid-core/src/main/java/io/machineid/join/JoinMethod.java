package io.machineid.join;

import java.nio.file.Path;

/**
 * How a bot proves to a cluster who it is. Immutable and thread-safe; {@code toString()} never
 * holds a secret.
 *
 * @see <a href="https://goteleport.com/docs/reference/join-methods/">Teleport: join methods</a>
 */
public sealed interface JoinMethod permits TokenJoin {

  /**
   * The name by which Teleport knows the method.
   *
   * @return as in {@code join_method} of a configuration file
   */
  String name();

  /**
   * Joins with a one-time token, as {@code tctl bots add} makes it. The cluster takes it once;
   * afterwards the bot renews its identity with the identity itself, so keep the storage that holds
   * it: see {@link io.machineid.Bot.Builder#storage}.
   *
   * @param token the token; a secret until it is used
   * @return the method
   */
  static JoinMethod token(String token) {
    return TokenJoin.literal(token);
  }

  /**
   * Joins with a one-time token that a file holds. The file is read when the bot joins, not before.
   *
   * @param file holds the token and nothing else but white space
   * @return the method
   */
  static JoinMethod tokenFile(Path file) {
    return TokenJoin.file(file);
  }
}
