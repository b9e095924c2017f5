package io.machineid.internal.auth;

import io.machineid.internal.keypair.KeypairStore;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.join.JoinMethod;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * A join that is to be made.
 *
 * @param route the way into the cluster
 * @param method proves who we are
 * @param keys makes the key pair to be certified, of the kind that is wanted
 * @param algorithm the kind of key that the cluster wants, as far as that is known
 * @param now the time on the server's clock
 * @param expires until when, on the server's clock
 * @param keypairs where a bound key pair is kept
 * @param own how the cluster is reached with the identity that we have, where that is valid and
 *     there is something to gain
 */
public record JoinTask(
    ClusterRoute route,
    JoinMethod method,
    Function<KeyAlgorithm, KeyPair> keys,
    KeyAlgorithm algorithm,
    Instant now,
    Instant expires,
    KeypairStore keypairs,
    Optional<JoinChannel> own) {

  /**
   * What came of it.
   *
   * @param key the key pair
   * @param algorithm its kind
   * @param certificates what the cluster issued for it
   */
  public record Joined(KeyPair key, KeyAlgorithm algorithm, IssuedCertificates certificates) {}

  /** Nothing of the evidence. */
  @Override
  public String toString() {
    return "JoinTask[" + method.name() + " at " + route.address() + "]";
  }
}
