package io.machineid;

/** How a bot is. */
public enum BotState {
  /** The identity and all credentials are valid, and the last renewals went well. */
  READY,
  /**
   * Everything still works, but a renewal fails: see {@link Bot#lastError()}. Act before the end.
   */
  DEGRADED,
  /**
   * The cluster refuses the bot because it is locked. The bot goes on trying, and recovers by
   * itself when an administrator removes the lock.
   */
  LOCKED,
  /**
   * The identity has ended. Calls to the cluster fail. The bot goes on trying: where its join
   * method can, for instance with a new token in its file, it joins again.
   */
  EXPIRED,
  /** The bot was closed. */
  CLOSED
}
