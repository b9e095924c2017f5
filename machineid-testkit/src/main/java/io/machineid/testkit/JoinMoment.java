package io.machineid.testkit;

/** When a join over the join service of Teleport 18 is cut, see {@link Faults#cutNextJoin}. */
public enum JoinMoment {
  /** Before the cluster has said anything: nothing has happened. */
  BEFORE_GREETING,
  /** After its first words: nothing has happened, but who joins cannot know. */
  AFTER_GREETING,
  /** After everything was done, tokens used up and key pairs noted: the certificates are lost. */
  BEFORE_RESULT
}
