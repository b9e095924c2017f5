package io.machineid.internal.auth;

import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.keypair.KeypairStore;
import io.machineid.join.AzureJoin;
import io.machineid.join.BoundKeypairJoin;
import io.machineid.join.IamJoin;
import io.machineid.join.IdTokenJoin;
import io.machineid.join.JoinMethod;
import io.machineid.join.TokenJoin;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;

/**
 * Joining by any method over any route: fetches the evidence afresh, and sends it the way that the
 * method goes.
 */
public final class Joins {

  private Joins() {}

  /**
   * Asks once to be let in. Blocks.
   *
   * @param key the key to be certified
   * @param now the time on the server's clock
   * @param expires until when, on the server's clock
   * @param keypairs where a bound key pair is kept
   * @param own how the cluster is reached with the identity that we have, where it is valid
   * @throws KeyRefused when another kind of key may do
   * @throws io.machineid.JoinException when there is no evidence, or the cluster says no
   */
  public static IssuedCertificates join(
      ClusterRoute route,
      JoinMethod method,
      PublicKey key,
      Instant now,
      Instant expires,
      KeypairStore keypairs,
      Optional<JoinChannel> own)
      throws KeyRefused {
    if (method instanceof TokenJoin token) {
      return route.join(
          new JoinOrder(token.name(), token.exposeToken(), Optional.empty(), key, expires));
    }
    if (method instanceof IdTokenJoin platform) {
      String idToken = platform.exposeIdToken(route.routes().proxies());
      return route.join(
          new JoinOrder(
              platform.name(), platform.exposeToken(), Optional.of(idToken), key, expires));
    }
    if (method instanceof IamJoin iam) {
      JoinOrder order =
          new JoinOrder(iam.name(), iam.exposeToken(), Optional.empty(), key, expires);
      return new ChallengeJoin(route.joinChannel(), order).iam(iam, now);
    }
    if (method instanceof AzureJoin azure) {
      JoinOrder order =
          new JoinOrder(azure.name(), azure.exposeToken(), Optional.empty(), key, expires);
      return new ChallengeJoin(route.joinChannel(), order).azure(azure);
    }
    if (method instanceof BoundKeypairJoin bound) {
      JoinOrder order =
          new JoinOrder(bound.name(), bound.exposeToken(), Optional.empty(), key, expires);
      return KeypairJoin.join(route, bound, order, keypairs, own, now);
    }
    throw new IllegalStateException("no way to join by " + method.name());
  }
}
