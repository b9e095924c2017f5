package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.machineid.ConfigException;
import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.keypair.JoiningKey;
import io.machineid.internal.keypair.KeypairStore;
import io.machineid.join.BoundKeypairJoin;
import io.machineid.wire.join.RegisterUsingBoundKeypairCertificates;
import io.machineid.wire.join.RegisterUsingBoundKeypairChallenge;
import io.machineid.wire.join.RegisterUsingBoundKeypairChallengeResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairInitialRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodRequest;
import io.machineid.wire.join.RegisterUsingBoundKeypairMethodResponse;
import io.machineid.wire.join.RegisterUsingBoundKeypairRotationResponse;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;

/**
 * Joining with a bound key pair: we speak first, then the cluster challenges keys and may ask for
 * another one. For one thread.
 */
final class KeypairJoin {

  private static final int MOST_QUESTIONS = 5;
  private static final int CHALLENGE_LIMIT_CHARACTERS = 16 * 1024;
  private static final int STATE_LIMIT_BYTES = 64 * 1024;

  private final JoinOrder order;
  private final KeypairStore store;
  private final Optional<JoiningKey> fixed;
  private final Instant now;

  private KeypairJoin(
      JoinOrder order, KeypairStore store, Optional<JoiningKey> fixed, Instant now) {
    this.order = order;
    this.store = store;
    this.fixed = fixed;
    this.now = now;
  }

  /**
   * Joins. Blocks.
   *
   * @param own how the cluster is reached with the identity that we have, where it is valid: such a
   *     join counts as no recovery
   */
  static IssuedCertificates join(
      ClusterRoute route,
      BoundKeypairJoin method,
      JoinOrder order,
      KeypairStore store,
      Optional<JoinChannel> own,
      Instant now)
      throws KeyRefused {
    Optional<JoiningKey> fixed = method.exposeStaticKey().map(KeypairJoin::parsed);
    store.rehearse();
    Optional<byte[]> state = store.state();
    var init = RegisterUsingBoundKeypairInitialRequest.newBuilder();
    init.setJoinRequest(ChallengeJoin.request(order));
    if (state.isPresent()) {
      init.setPreviousJoinState(ByteString.copyFrom(state.get()));
    } else {
      method.exposeRegistrationSecret().ifPresent(init::setInitialJoinSecret);
    }
    // A first join is one without credentials, whatever else is in the storage.
    JoinChannel channel = own.filter(any -> state.isPresent()).orElseGet(route::joinChannel);
    return new KeypairJoin(order, store, fixed, now)
        .over(channel, RegisterUsingBoundKeypairMethodRequest.newBuilder().setInit(init).build());
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

  private IssuedCertificates over(JoinChannel channel, RegisterUsingBoundKeypairMethodRequest init)
      throws KeyRefused {
    ManagedChannel opened = channel.open();
    try (JoinStream<RegisterUsingBoundKeypairMethodRequest, RegisterUsingBoundKeypairMethodResponse>
        stream =
            new JoinStream<>(
                order,
                channel.route(),
                ChallengeJoin.stub(opened)::registerUsingBoundKeypairMethod)) {
      stream.send(init);
      for (int questions = 0; questions <= MOST_QUESTIONS; questions++) {
        RegisterUsingBoundKeypairMethodResponse said = stream.next();
        if (said.hasCerts()) {
          return admitted(said.getCerts());
        }
        stream.send(answer(said));
      }
      throw unexpected("it asked more often than a join takes");
    } finally {
      JoinStream.end(opened);
    }
  }

  private RegisterUsingBoundKeypairMethodRequest answer(
      RegisterUsingBoundKeypairMethodResponse said) {
    var answer = RegisterUsingBoundKeypairMethodRequest.newBuilder();
    return switch (said.getPayloadCase()) {
      case CHALLENGE ->
          answer
              .setChallengeResponse(
                  RegisterUsingBoundKeypairChallengeResponse.newBuilder()
                      .setSolution(ByteString.copyFromUtf8(solution(said.getChallenge()))))
              .build();
      case ROTATION ->
          answer
              .setRotationResponse(
                  RegisterUsingBoundKeypairRotationResponse.newBuilder()
                      .setPublicKey(newKey(said.getRotation().getSignatureAlgorithmSuite())))
              .build();
      default -> throw unexpected("it sent a message of a kind that this version does not know");
    };
  }

  private String solution(RegisterUsingBoundKeypairChallenge challenge) {
    String text = challenge.getChallenge();
    if (text.length() > CHALLENGE_LIMIT_CHARACTERS || !text.startsWith("{")) {
      throw unexpected("its challenge is not of the form that it should have");
    }
    String wanted = challenge.getPublicKey();
    Optional<JoiningKey> key =
        fixed.isPresent() ? fixed.filter(own -> own.is(wanted)) : store.find(wanted);
    return key.orElseThrow(this::otherKey).sign(text);
  }

  private String newKey(int suite) {
    if (fixed.isPresent()) {
      throw new JoinException(
          Reason.JOIN_DENIED,
          false,
          "join method `bound_keypair`: the cluster wants another key pair, and a static private key stays as it is. Have an administrator name its public key in the token resource (spec.bound_keypair.onboarding.initial_public_key) and set no rotate_after, or let the bot keep its own key pair (registration_secret)",
          null);
    }
    return store.newKey(suite, now).authorizedKey();
  }

  /** The join state comes first: the cluster has moved on, whatever else is in the answer. */
  private IssuedCertificates admitted(RegisterUsingBoundKeypairCertificates answer)
      throws JoinException {
    byte[] state = answer.getJoinState().toByteArray();
    if (state.length == 0 || state.length > STATE_LIMIT_BYTES) {
      throw unexpected("its join state is missing or too large");
    }
    store.joined(answer.getPublicKey(), state, now);
    return IssuedCertificates.of(answer.getCerts(), order.key());
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

  private static JoinException unexpected(String what) {
    return new JoinException(
        Reason.BAD_RESPONSE,
        false,
        "join method `bound_keypair`: the cluster's part of the join cannot be followed: " + what,
        null);
  }
}
