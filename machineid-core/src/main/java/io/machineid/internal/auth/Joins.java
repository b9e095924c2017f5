package io.machineid.internal.auth;

import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.auth.JoinConversation.NotServed;
import io.machineid.internal.auth.JoinTask.Joined;
import io.machineid.join.AzureJoin;
import io.machineid.join.BoundKeypairJoin;
import io.machineid.join.IamJoin;
import io.machineid.join.IdTokenJoin;
import io.machineid.join.JoinMethod;
import io.machineid.join.OracleJoin;
import io.machineid.join.TpmJoin;
import io.machineid.join.TpmSession;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.KeyPair;
import java.util.Optional;

/**
 * Joining by any method over any route: fetches the evidence afresh, and sends it the way that the
 * method goes. As the bot that we are, where we are one: then we stay the instance that we were.
 */
public final class Joins {

  private static final Logger LOG = System.getLogger("io.machineid");

  /** Older clusters have no join service for all methods, and are not asked for it. */
  private static final int JOIN_SERVICE_SINCE = 18;

  private final JoinTask task;
  private final JoinServices services;
  private final KeyPair key;
  private final JoinOrder order;
  private final Optional<KeypairProof> keypair;
  private final Optional<TpmSession> tpm;

  private Joins(JoinTask task, Optional<TpmSession> tpm) {
    this.task = task;
    this.tpm = tpm;
    this.services = task.route().routes().joinServices();
    JoinMethod method = task.method();
    this.key = task.keys().apply(task.algorithm());
    this.order =
        new JoinOrder(
            method.name(),
            method.exposeToken(),
            method instanceof IdTokenJoin platform
                ? Optional.of(platform.exposeIdToken(task.route().routes().proxies()))
                : Optional.empty(),
            key.getPublic(),
            task.expires(),
            false);
    this.keypair =
        method instanceof BoundKeypairJoin bound
            ? Optional.of(new KeypairProof(bound, task.keypairs(), task.now()))
            : Optional.empty();
  }

  /**
   * Whether joins by a method are conversations over gRPC with every Teleport: it is challenged.
   */
  public static boolean isConversation(JoinMethod method) {
    return method instanceof IamJoin
        || method instanceof AzureJoin
        || method instanceof OracleJoin
        || method instanceof BoundKeypairJoin
        || method instanceof TpmJoin;
  }

  /** Whether a Teleport, by its first number, has the join service that takes all methods. */
  public static boolean hasJoinService(int major) {
    return major >= JOIN_SERVICE_SINCE;
  }

  /**
   * Asks to be let in. Blocks.
   *
   * @throws KeyRefused when another kind of key may do
   * @throws io.machineid.JoinException when there is no evidence, or the cluster says no
   */
  public static Joined join(JoinTask task) throws KeyRefused {
    return task.method() instanceof TpmJoin method
        ? join(task, method)
        : new Joins(task, Optional.empty()).join();
  }

  /** The TPM says who it is before a stream is opened, which would not wait for it. */
  private static Joined join(JoinTask task, TpmJoin method) throws KeyRefused {
    try (TpmSession tpm = method.open()) {
      var unused = tpm.attestation();
      try {
        return new Joins(task, Optional.of(tpm)).join();
      } catch (JoinException e) {
        throw JoinRefusals.isOfTpm(e)
            ? new JoinException(
                e.reason(),
                e.retryable(),
                "%s. This machine has: %s".formatted(e.getMessage(), tpm.describe()),
                e.getCause())
            : e;
      }
    }
  }

  private Joined join() throws KeyRefused {
    Optional<JoinDoor> own = own();
    if (own.isEmpty()) {
      return through(task.route(), order);
    }
    try {
      return through(own.get(), order.sentAsBot());
    } catch (MachineIdException e) {
      // With a key pair that would count as a recovery, and these are few; a token goes out once.
      if (keypair.isPresent()
          || order.usesTokenUp()
          || !(JoinErrors.isOfOwnCertificate(e, own.get().joinChannel())
              || JoinErrors.isOfUnknownCall(e))) {
        throw e;
      }
      LOG.log(
          Level.INFO,
          JoinErrors.isOfUnknownCall(e)
              ? "the auth service does not know the join, which is made at the proxy, as another instance: {0}"
              : "the cluster does not take the bot''s certificate for another join, which is made without it: {0}",
          e.getMessage());
    }
    return through(task.route(), order);
  }

  /** A first join with a key pair is one without credentials, whatever else is in the storage. */
  private Optional<JoinDoor> own() {
    return task.own()
        .filter(channel -> keypair.isEmpty() || keypair.get().state().isPresent())
        .map(channel -> new OwnDoor(channel, services));
  }

  private Joined through(JoinDoor door, JoinOrder sent) throws KeyRefused {
    Optional<JoinTalk> talk =
        tpm.<JoinTalk>map(TpmTalk::new).or(() -> JoinTalks.of(task, sent, keypair));
    if (talk.isPresent() && hasJoinService(task.route().serverMajor().orElse(JOIN_SERVICE_SINCE))) {
      JoinChannel channel = door.joinChannel();
      if (services.mayHave(channel.route(), JoinConversation.CALL)) {
        try {
          return new JoinConversation(task, channel, sent, talk.get()).join();
        } catch (NotServed e) {
          goOn(e, sent, channel);
        }
      }
    }
    return new Joined(key, task.algorithm(), certificates(door, sent));
  }

  /** The older ways are other ones only where they go by HTTP, unless the service is not there. */
  private void goOn(NotServed refusal, JoinOrder sent, JoinChannel channel) {
    switch (refusal.why()) {
      case NO_SERVICE -> services.lacks(channel.route(), JoinConversation.CALL);
      case NO_ANSWER -> {
        if (sent.asBot() || isConversation(task.method())) {
          throw refusal.failure();
        }
      }
      case NO_EVIDENCE ->
          LOG.log(
              Level.INFO,
              "joining by the older way, as for the join service something is missing: {0}",
              refusal.failure().getMessage());
    }
    LOG.log(Level.DEBUG, "joining by one of the older ways: {0}", refusal.failure().getMessage());
  }

  private IssuedCertificates certificates(JoinDoor door, JoinOrder sent) throws KeyRefused {
    if (task.method() instanceof IamJoin iam) {
      return new ChallengeJoin(door.joinChannel(), sent).iam(iam, task.now());
    }
    if (task.method() instanceof AzureJoin azure) {
      return new ChallengeJoin(door.joinChannel(), sent).azure(azure);
    }
    if (task.method() instanceof OracleJoin oracle) {
      return new ChallengeJoin(door.joinChannel(), sent).oracle(oracle, task);
    }
    if (tpm.isPresent()) {
      return new TpmStream(door.joinChannel(), sent, tpm.get()).join();
    }
    return keypair.isPresent()
        ? new KeypairJoin(door.joinChannel(), sent, keypair.get()).join()
        : door.join(sent);
  }
}
