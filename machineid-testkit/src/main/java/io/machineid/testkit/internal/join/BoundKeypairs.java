package io.machineid.testkit.internal.join;

import io.machineid.testkit.BoundKeypairStatus;
import io.machineid.testkit.internal.state.Refusal;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a cluster has noted of its token resources of the method bound_keypair. Thread-safe. */
public final class BoundKeypairs {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;

  private final String clusterName;
  private final InstantSource clock;
  private final KeyPair authority = authority();
  private final Map<String, Noted> records = new ConcurrentHashMap<>();

  /** None yet. */
  public BoundKeypairs(String clusterName, InstantSource clock) {
    this.clusterName = clusterName;
    this.clock = clock;
  }

  /**
   * Of one token resource.
   *
   * @param status what everybody may see
   * @param retired keys that were exchanged for others
   */
  record Noted(BoundKeypairStatus status, Set<String> retired) {

    Noted {
      retired = Set.copyOf(retired);
    }
  }

  private static KeyPair authority() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot make Ed25519 keys", e);
    }
  }

  /** Takes note of a token resource; of one that is replaced what was noted stays. */
  public void put(ProvisionToken token) {
    records.putIfAbsent(token.name(), new Noted(unused(token), Set.of()));
  }

  private static BoundKeypairStatus unused(ProvisionToken token) {
    String given = token.section().path("onboarding").path("registration_secret").asText("");
    byte[] random = new byte[SECRET_BYTES];
    RANDOM.nextBytes(random);
    return new BoundKeypairStatus(
        given.isEmpty() ? HexFormat.of().formatHex(random) : given,
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** Forgets a token resource. */
  public void remove(String name) {
    records.remove(name);
  }

  /**
   * What is noted.
   *
   * @throws IllegalArgumentException where there is no such token resource
   */
  public BoundKeypairStatus status(String name) {
    return record(name).status();
  }

  private Noted record(String name) {
    Noted record = records.get(name);
    if (record == null) {
      throw new IllegalArgumentException(
          "there is no token of the method bound_keypair called " + name);
    }
    return record;
  }

  /** Locks a token resource, or takes the lock away. */
  public void lock(String name, boolean locked) {
    Noted before = record(name);
    BoundKeypairStatus was = before.status();
    replace(
        name,
        before,
        new Noted(
            new BoundKeypairStatus(
                was.registrationSecret(),
                was.boundPublicKey(),
                was.botInstanceId(),
                was.recoveryCount(),
                was.lastRecoveredAt(),
                was.lastRotatedAt(),
                locked),
            before.retired()));
  }

  /**
   * Replaces what is noted, unless somebody else was faster.
   *
   * @throws Refusal where somebody was
   */
  void replace(String name, Noted before, Noted after) {
    if (!records.replace(name, before, after)) {
      throw new Refusal(
          Refusal.Kind.COMPARE_FAILED,
          "bad backend state: the provision token was modified by another join");
    }
  }

  /**
   * Begins a join.
   *
   * @param instanceId the instance that the caller's certificate is for; empty for callers without
   */
  public KeypairJoining begin(ProvisionToken token, Optional<String> instanceId) {
    return new KeypairJoining(
        this,
        new KeypairRules(token),
        record(token.name()),
        instanceId,
        new JoinStates(clusterName, authority, clock),
        clock);
  }
}
