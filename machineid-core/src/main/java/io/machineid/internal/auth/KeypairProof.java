package io.machineid.internal.auth;

import io.machineid.ConfigException;
import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.keypair.JoiningKey;
import io.machineid.internal.keypair.KeypairStore;
import io.machineid.join.BoundKeypairJoin;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;

/**
 * Our part in a join with a bound key pair, whatever the form of the messages: the cluster
 * challenges keys, and may ask for another one. For one thread.
 */
final class KeypairProof {

  /** More questions than this are no part of a join. */
  static final int MOST_QUESTIONS = 5;

  private static final int CHALLENGE_LIMIT_CHARACTERS = 16 * 1024;
  private static final int STATE_LIMIT_BYTES = 64 * 1024;

  private final BoundKeypairJoin method;
  private final KeypairStore store;
  private final Optional<JoiningKey> fixed;
  private final Instant now;

  /**
   * Begins. Blocks.
   *
   * @param store where the key pair is kept; proves that it can be written to
   * @param now the time on the server's clock
   */
  KeypairProof(BoundKeypairJoin method, KeypairStore store, Instant now) {
    this.method = method;
    this.store = store;
    this.now = now;
    this.fixed = method.exposeStaticKey().map(KeypairProof::parsed);
    store.rehearse();
  }

  private static JoiningKey parsed(String pem) {
    try {
      return JoiningKey.parse(pem);
    } catch (GeneralSecurityException e) {
      throw new ConfigException(
          "the static private key for the join method `bound_keypair` cannot be used: %s. It has to be PEM: Ed25519, ECDSA P-256 or RSA"
              .formatted(e.getMessage()),
          null);
    }
  }

  /** The join state of the join before; without one it is the first. Blocks. */
  Optional<byte[]> state() {
    return store.state();
  }

  /** What a first join may show that has no key pair yet. Blocks. */
  Optional<String> exposeRegistrationSecret() {
    return state().isPresent() ? Optional.empty() : method.exposeRegistrationSecret();
  }

  /**
   * Solves a challenge. Blocks.
   *
   * @param publicKey the key that has to, a line of authorized_keys
   * @param challenge claims, signed just as they are
   * @return a compact JWS
   */
  String solution(String publicKey, String challenge) {
    if (challenge.length() > CHALLENGE_LIMIT_CHARACTERS || !challenge.startsWith("{")) {
      throw unexpected("its challenge is not of the form that it should have");
    }
    Optional<JoiningKey> key =
        fixed.isPresent() ? fixed.filter(own -> own.is(publicKey)) : store.find(publicKey);
    return key.orElseThrow(this::otherKey).sign(challenge);
  }

  /**
   * Makes another key, and stores it. Blocks.
   *
   * @param suite a signature suite by its number or name, see {@link JoiningKey}
   * @return its public half, a line of authorized_keys
   */
  String newKey(String suite) {
    if (fixed.isPresent()) {
      throw new JoinException(
          Reason.JOIN_DENIED,
          false,
          "join method `bound_keypair`: the cluster wants another key pair, and a static private key stays as it is. Have an administrator name its public key in the token resource (spec.bound_keypair.onboarding.initial_public_key) and set no rotate_after, or let the bot keep its own key pair (registration_secret)",
          null);
    }
    return store.newKey(suite, now).authorizedKey();
  }

  /**
   * Stores what the join has brought. It comes before anything else that is in the answer: the
   * cluster has moved on. Blocks.
   *
   * @param publicKey what the token resource is bound to now
   * @param state the join state
   */
  void admitted(String publicKey, byte[] state) {
    if (state.length == 0 || state.length > STATE_LIMIT_BYTES) {
      throw unexpected("its join state is missing or too large");
    }
    store.joined(publicKey, state, now);
  }

  private JoinException otherKey() {
    return new JoinException(
        Reason.EVIDENCE,
        false,
        "join method `bound_keypair`: the token resource is bound to another key pair than %s. %s"
            .formatted(
                fixed.isPresent() ? "the static private key" : "any in " + store.describe(),
                fixed.isPresent()
                    ? "Compare spec.bound_keypair.onboarding.initial_public_key with it"
                    : "Bring back the storage that this bot had, or have an administrator recreate the token resource and give the bot an empty storage and the new registration secret"),
        null);
  }

  /** The error for a cluster that does not keep to the order of things. */
  static JoinException unexpected(String what) {
    return new JoinException(
        Reason.BAD_RESPONSE,
        false,
        "join method `bound_keypair`: the cluster's part of the join cannot be followed: " + what,
        null);
  }
}
