package io.machineid.internal.auth;

import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import io.machineid.wire.joinv1.BotResult;
import io.machineid.wire.joinv1.Challenge;
import io.machineid.wire.joinv1.ChallengeSolution;
import io.machineid.wire.joinv1.ClientParams;
import io.machineid.wire.joinv1.JoinRequest;

/** What is peculiar to one method in a join over the join service of Teleport 18. Blocks. */
interface JoinTalk {

  /** More questions than this are no part of any join. */
  int MOST_QUESTIONS = 5;

  /**
   * Begins, after the cluster has greeted us.
   *
   * @param us the key to be certified
   */
  JoinRequest begin(ClientParams us);

  /**
   * Whether what we begin with is good for once, or has the cluster move on: nobody may then try
   * another way.
   */
  boolean counts();

  /**
   * Answers a question.
   *
   * @throws io.machineid.MachineIdException when there is no evidence
   */
  default ChallengeSolution answer(Challenge challenge) {
    throw unexpected("it asked what this method does not answer: " + challenge.getPayloadCase());
  }

  /** Whether an answer failed for want of what the older way does not take, which may be tried. */
  default boolean lacksWhatThisWayAloneTakes() {
    return false;
  }

  /** Takes what came with the certificates; before anything else is done with them. */
  default void admitted(BotResult result) {}

  /** The error for a cluster that does not keep to the order of things. */
  static JoinException unexpected(String what) {
    return new JoinException(
        Reason.BAD_RESPONSE,
        false,
        "the cluster's part of the join cannot be followed: " + what,
        null);
  }
}
