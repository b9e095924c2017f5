package io.machineid;

/**
 * Whether a bot tells its cluster that it lives: which version, on which machine, for how long.
 * Only clusters that keep instances of bots (Teleport 17 and newer, and some of 16) are told; an
 * administrator sees it with {@code tctl bots instances ls}.
 */
public enum HeartbeatMode {
  /** At the start, and then every half hour. */
  REPEATED,

  /** At the start, saying that the process does its work once and ends. */
  ONCE,

  /** Never. */
  NONE
}
