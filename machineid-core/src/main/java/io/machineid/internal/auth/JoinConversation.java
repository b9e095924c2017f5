package io.machineid.internal.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.auth.JoinTask.Joined;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.pki.SshKeys;
import io.machineid.wire.joinv1.BotParams;
import io.machineid.wire.joinv1.BotResult;
import io.machineid.wire.joinv1.ClientInit;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.GivingUp;
import io.machineid.wire.joinv1.JoinRequest;
import io.machineid.wire.joinv1.JoinResponse;
import io.machineid.wire.joinv1.JoinServiceGrpc;
import io.machineid.wire.joinv1.PublicKeys;
import io.machineid.wire.joinv1.ServerInit;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One join over the join service of Teleport 18, which takes all methods by one stream: we say by
 * which token, the cluster says what for a key it wants, and then the method has its say. For one
 * thread; blocks.
 */
final class JoinConversation {

  /** What servers have or lack. */
  static final String CALL = JoinServiceGrpc.getJoinMethod().getFullMethodName();

  /** Answers, where others may mean that nobody has read the question. */
  private static final Set<Status.Code> FINAL =
      EnumSet.of(
          Status.Code.PERMISSION_DENIED,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.CANCELLED);

  private static final Duration GREETING = Duration.ofSeconds(15);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final JoinTask task;
  private final JoinChannel channel;
  private final JoinOrder order;
  private final JoinTalk talk;

  JoinConversation(JoinTask task, JoinChannel channel, JoinOrder order, JoinTalk talk) {
    this.task = task;
    this.channel = channel;
    this.order = order;
    this.talk = talk;
  }

  /** It did not come to a join this way, and nothing has been said that counts. */
  static final class NotServed extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient MachineIdException failure;
    private final Why why;

    /** What was in the way. */
    enum Why {
      /** There is no such service there. */
      NO_SERVICE,
      /** There is no answer now. */
      NO_ANSWER,
      /** We lack what this way alone takes. */
      NO_EVIDENCE
    }

    private NotServed(MachineIdException failure, Why why) {
      super(failure);
      this.failure = failure;
      this.why = why;
    }

    /** What went wrong. */
    MachineIdException failure() {
      return failure;
    }

    Why why() {
      return why;
    }
  }

  /**
   * Joins.
   *
   * @throws NotServed where another way may be tried
   * @throws KeyRefused when another kind of key may do
   * @throws MachineIdException when the cluster says no, or may have said something that we never
   *     got
   */
  Joined join() throws KeyRefused, NotServed {
    ManagedChannel opened = channel.open();
    try (JoinStream<JoinRequest, JoinResponse> stream =
        new JoinStream<>(
            order,
            channel.route(),
            JoinServiceGrpc.newStub(opened)
                    .withDeadlineAfter(JoinStream.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                ::join)) {
      stream.send(hello());
      KeyAlgorithm kind = kind(greeting(stream));
      KeyPair key = task.keys().apply(kind);
      stream.send(talk.begin(us(key.getPublic())));
      return new Joined(key, kind, talked(stream, key.getPublic()));
    } finally {
      JoinStream.end(opened);
    }
  }

  private JoinRequest hello() {
    return JoinRequest.newBuilder()
        .setClientInit(
            ClientInit.newBuilder()
                .setJoinMethod(order.method())
                .setTokenName(order.token())
                .setSystemRole("Bot"))
        .build();
  }

  /** What comes first decides whether this way is one. */
  private ServerInit greeting(JoinStream<JoinRequest, JoinResponse> stream)
      throws KeyRefused, NotServed {
    JoinResponse said;
    try {
      said = stream.next(GREETING);
    } catch (StatusRuntimeException e) {
      MachineIdException failure = JoinErrors.of(e, order, channel.route());
      if (FINAL.contains(e.getStatus().getCode())) {
        throw failure;
      }
      throw new NotServed(
          failure,
          e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
              ? NotServed.Why.NO_SERVICE
              : NotServed.Why.NO_ANSWER);
    }
    if (!said.hasInit()) {
      throw givenUp(
          stream,
          GivingUp.Reason.REASON_UNSUPPORTED_MESSAGE_TYPE,
          JoinTalk.unexpected("it began with " + said.getPayloadCase()));
    }
    checkMethod(stream, said.getInit().getJoinMethod());
    return said.getInit();
  }

  private void checkMethod(JoinStream<JoinRequest, JoinResponse> stream, String method) {
    if (!method.isEmpty() && !method.equals(order.method())) {
      throw givenUp(
          stream,
          GivingUp.Reason.REASON_UNSUPPORTED_JOIN_METHOD,
          new JoinException(
              Reason.JOIN_DENIED,
              false,
              "joining at %s: the token resource is for the join method `%s`. Set join_method to that; this bot used `%s`"
                  .formatted(channel.route().address(), AuthErrors.quote(method), order.method()),
              null));
    }
  }

  private KeyAlgorithm kind(ServerInit greeting) {
    String suite = greeting.getSignatureAlgorithmSuite();
    return suite.isEmpty() ? task.algorithm() : KeyAlgorithm.ofSuite(suite);
  }

  private ClientParams us(PublicKey key) {
    Instant expires = order.expires();
    return ClientParams.newBuilder()
        .setBotParams(
            BotParams.newBuilder()
                .setPublicKeys(
                    PublicKeys.newBuilder()
                        .setPublicTlsKey(ByteString.copyFrom(key.getEncoded()))
                        .setPublicSshKey(ByteString.copyFrom(SshKeys.blob(key))))
                .setExpires(
                    Timestamp.newBuilder()
                        .setSeconds(expires.getEpochSecond())
                        .setNanos(expires.getNano())))
        .build();
  }

  private IssuedCertificates talked(
      JoinStream<JoinRequest, JoinResponse> stream, PublicKey expected)
      throws KeyRefused, NotServed {
    JoinResponse said = first(stream);
    for (int questions = 0; !said.getResult().hasBotResult(); questions++) {
      if (questions == JoinTalk.MOST_QUESTIONS) {
        throw JoinTalk.unexpected("it asked more often than a join takes");
      }
      stream.send(answer(stream, said));
      said = stream.next();
    }
    return admitted(said.getResult().getBotResult(), expected);
  }

  /** Early releases of the service know some methods only. */
  private JoinResponse first(JoinStream<JoinRequest, JoinResponse> stream)
      throws KeyRefused, NotServed {
    try {
      return stream.next(JoinStream.LONGEST);
    } catch (StatusRuntimeException e) {
      MachineIdException failure = JoinErrors.of(e, order, channel.route());
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED && !talk.counts()) {
        throw new NotServed(failure, NotServed.Why.NO_SERVICE);
      }
      throw talk.counts() ? lost(failure) : failure;
    }
  }

  /** Where the token may be used up. */
  private MachineIdException lost(MachineIdException failure) {
    return order.usesTokenUp() && AuthErrors.isUnanswered(failure)
        ? JoinClient.maybeUsedUp(failure)
        : failure;
  }

  private JoinRequest answer(JoinStream<JoinRequest, JoinResponse> stream, JoinResponse said)
      throws NotServed {
    if (!said.hasChallenge()) {
      throw givenUp(
          stream,
          GivingUp.Reason.REASON_UNSUPPORTED_MESSAGE_TYPE,
          JoinTalk.unexpected("it went on with " + said.getPayloadCase()));
    }
    try {
      return JoinRequest.newBuilder().setSolution(talk.answer(said.getChallenge())).build();
    } catch (MachineIdException e) {
      MachineIdException failure =
          givenUp(stream, GivingUp.Reason.REASON_CHALLENGE_SOLUTION_FAILED, e);
      if (talk.lacksWhatThisWayAloneTakes()) {
        throw new NotServed(failure, NotServed.Why.NO_EVIDENCE);
      }
      throw failure;
    }
  }

  /** Tells the cluster why it hears no more of us; its log is where an administrator looks. */
  private static MachineIdException givenUp(
      JoinStream<JoinRequest, JoinResponse> stream,
      GivingUp.Reason reason,
      MachineIdException failure) {
    stream.sendLast(
        JoinRequest.newBuilder()
            .setGivingUp(
                GivingUp.newBuilder().setReason(reason).setMsg(failure.reason().toString()))
            .build(),
        FAREWELL);
    return failure;
  }

  private IssuedCertificates admitted(BotResult result, PublicKey expected) {
    talk.admitted(result);
    return IssuedCertificates.of(result.getCertificates(), expected);
  }
}
