package io.machineid.internal.auth;

import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;

/**
 * What is sent to be let in.
 *
 * @param method the join method
 * @param token the token, or the name of the token resource
 * @param idToken the evidence, where the method has an ID token for that
 * @param key the key to be certified
 * @param expires until when, on the server's clock
 * @param asBot whether it is sent by the bot that we are, with its certificate
 */
record JoinOrder(
    String method,
    String token,
    Optional<String> idToken,
    PublicKey key,
    Instant expires,
    boolean asBot) {

  /** Whether the cluster takes the token once only. */
  boolean usesTokenUp() {
    return method.equals("token");
  }

  /** The same for another key. */
  JoinOrder with(PublicKey other) {
    return new JoinOrder(method, token, idToken, other, expires, asBot);
  }

  /** The same, sent with the certificate of the bot that we are. */
  JoinOrder sentAsBot() {
    return new JoinOrder(method, token, idToken, key, expires, true);
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "JoinOrder[" + method + "]";
  }
}
