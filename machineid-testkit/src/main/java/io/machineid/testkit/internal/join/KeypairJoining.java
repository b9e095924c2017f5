package io.machineid.testkit.internal.join;

import io.machineid.testkit.BoundKeypairStatus;
import io.machineid.testkit.internal.pki.SshKey;
import io.machineid.testkit.internal.state.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One join with a bound key pair, as the cluster goes through it: what it asks for, one thing after
 * the other. Nothing of it is noted before {@link #commit}. Not thread-safe.
 */
public final class KeypairJoining {

  /** What comes next. */
  public sealed interface Step {

    /** The caller has to make a new key, and to send its public half. */
    record Rotate() implements Step {}

    /**
     * The caller has to sign a text.
     *
     * @param publicKey with the key to this line of authorized_keys
     * @param text what is to be signed
     */
    record Challenge(String publicKey, String text) implements Step {}

    /** The caller is who it should be. */
    record Admit() implements Step {}
  }

  private final BoundKeypairs all;
  private final KeypairRules rules;
  private final BoundKeypairs.Noted before;
  private final Optional<String> caller;
  private final JoinStates states;
  private final InstantSource clock;
  private final Set<String> retired;
  private String publicKey = "";
  private Step.@Nullable Challenge open;
  private boolean rotationDue;
  private boolean rotating;
  private boolean rotated;
  private String instanceId = "";

  KeypairJoining(
      BoundKeypairs all,
      KeypairRules rules,
      BoundKeypairs.Noted before,
      Optional<String> caller,
      JoinStates states,
      InstantSource clock) {
    this.all = all;
    this.rules = rules;
    this.before = before;
    this.caller = caller;
    this.states = states;
    this.clock = clock;
    this.retired = new HashSet<>(before.retired());
  }

  private BoundKeypairStatus status() {
    return before.status();
  }

  /**
   * Takes the first message.
   *
   * @param secret the registration secret, or empty
   * @param state the join state of the last join, or empty
   */
  public Step begin(String secret, byte[] state) {
    if (status().locked()) {
      throw Refusal.denied(
          "lock targeting JoinToken:\"%s\" is in force: locked due to join state verification"
              .formatted(rules.token().name()));
    }
    return status().boundPublicKey().isPresent()
        ? again(status().boundPublicKey().get(), state)
        : first(secret);
  }

  private Step first(String secret) {
    if (caller.isPresent()) {
      throw Refusal.bad("cannot perform first bound keypair join with existing credentials");
    }
    instanceId = UUID.randomUUID().toString();
    if (rules.initialKey().isPresent()) {
      return challenge(parsed(rules.initialKey().get()));
    }
    boolean late =
        rules.mustRegisterBefore().filter(end -> !clock.instant().isBefore(end)).isPresent();
    boolean same =
        MessageDigest.isEqual(
            secret.getBytes(StandardCharsets.UTF_8),
            status().registrationSecret().getBytes(StandardCharsets.UTF_8));
    if (late || !same) {
      throw Refusal.denied("a valid registration secret is required");
    }
    return rotate();
  }

  private Step again(String bound, byte[] state) {
    if (caller.isPresent() && !caller.equals(status().botInstanceId())) {
      throw Refusal.denied("bot instance mismatch");
    }
    if (rules.verifiesState()) {
      if (state.length == 0) {
        throw Refusal.denied("previous join state is required but was not provided");
      }
      if (!states.verify(state, rules, status())) {
        all.lock(rules.token().name(), true);
        throw Refusal.denied("join state verification failed");
      }
    }
    if (caller.isEmpty() && !rules.allowsRecovery(status().recoveryCount())) {
      throw Refusal.denied("no recovery attempts remaining");
    }
    instanceId = caller.orElseGet(() -> UUID.randomUUID().toString());
    Instant now = clock.instant();
    rotationDue =
        rules
            .rotateAfter()
            .filter(due -> !due.isAfter(now))
            .filter(due -> status().lastRotatedAt().filter(last -> !last.isBefore(due)).isEmpty())
            .isPresent();
    return challenge(bound);
  }

  private Step rotate() {
    rotating = true;
    return new Step.Rotate();
  }

  private Step challenge(String key) {
    publicKey = key;
    Step.Challenge next = new Step.Challenge(key, states.challenge(key));
    open = next;
    return next;
  }

  /** Takes the new key. */
  public Step rotated(String newKey) {
    if (!rotating) {
      throw Refusal.bad("unexpected message: rotation response");
    }
    String key = parsed(newKey);
    if (key.equals(publicKey) || retired.contains(key)) {
      throw Refusal.bad("public key may not be reused after rotation");
    }
    if (!publicKey.isEmpty()) {
      retired.add(publicKey);
    }
    rotating = false;
    rotated = true;
    return challenge(key);
  }

  /** Takes an answer to a challenge. */
  public Step solved(byte[] solution) {
    Step.Challenge asked = open;
    if (asked == null) {
      throw Refusal.bad("unexpected message: challenge response");
    }
    open = null;
    boolean solved =
        CompactJws.verified(
                new String(solution, StandardCharsets.UTF_8),
                SshKey.parse(asked.publicKey()).publicKey())
            .filter(asked.text()::equals)
            .isPresent();
    if (!solved || !states.isFresh(asked.text())) {
      throw Refusal.denied("failed to complete challenge");
    }
    if (rotationDue) {
      rotationDue = false;
      return rotate();
    }
    return new Step.Admit();
  }

  /** The instance that joins; known once it began. */
  public String instanceId() {
    return instanceId;
  }

  /** The instance that this one goes on for; empty where it is that one itself, or the first. */
  public Optional<String> previousInstanceId() {
    return status().botInstanceId().filter(previous -> !previous.equals(instanceId));
  }

  /** The key that it is bound to from now on. */
  public String publicKey() {
    return publicKey;
  }

  /**
   * Notes what has come of it.
   *
   * @return the join state
   */
  public byte[] commit() {
    BoundKeypairStatus was = status();
    Optional<Instant> now = Optional.of(clock.instant());
    boolean recovery = caller.isEmpty();
    BoundKeypairStatus is =
        new BoundKeypairStatus(
            was.registrationSecret(),
            Optional.of(publicKey),
            Optional.of(instanceId),
            was.recoveryCount() + (recovery ? 1 : 0),
            recovery ? now : was.lastRecoveredAt(),
            rotated ? now : was.lastRotatedAt(),
            false);
    all.replace(rules.token().name(), before, new BoundKeypairs.Noted(is, retired));
    return states.sign(rules, is);
  }

  /** One form for each key, whatever comment or newline it came with. */
  private static String parsed(String line) {
    try {
      return SshKey.parse(line).line().strip();
    } catch (IllegalArgumentException e) {
      throw Refusal.bad("parsing public key: ssh: no key found");
    }
  }
}
