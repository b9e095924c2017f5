package io.machineid.internal.lifecycle;

import io.machineid.ConnectionException;
import io.machineid.MachineIdException.Reason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The server's clock, as this machine's clock and the difference last measured. Certificates live
 * on the server's clock, so everything about them is reckoned by it.
 */
final class ServerTime {

  private static final Logger LOG = System.getLogger("io.machineid");
  private static final Duration WORTH_A_WARNING = Duration.ofSeconds(30);
  private static final Duration TOO_MUCH = Duration.ofMinutes(10);

  private final InstantSource local;
  private volatile Duration ahead = Duration.ZERO;

  ServerTime(InstantSource local) {
    this.local = local;
  }

  Instant now() {
    return local.instant().plus(ahead);
  }

  /** Whether it is later than this, or just then. */
  boolean isPast(Instant end) {
    return !end.isAfter(now());
  }

  /** How far the server's clock is ahead of this machine's. */
  Duration offset() {
    return ahead;
  }

  /**
   * Takes in what the server's clock said just now, before anything depends on it.
   *
   * @param server the server's time
   * @param who the server, for the message
   * @throws ConnectionException when the clocks differ by so much that certificates would not be
   *     valid here
   */
  void measured(Instant server, Object who) {
    Duration difference = Duration.between(local.instant(), server);
    if (difference.abs().compareTo(TOO_MUCH) > 0) {
      throw new ConnectionException(
          Reason.UNTRUSTED,
          false,
          "the clock of this machine is %s %s that of %s; certificates would not be valid here. Set the clock (NTP), then start again"
              .formatted(
                  difference.abs().truncatedTo(ChronoUnit.SECONDS),
                  difference.isNegative() ? "ahead of" : "behind",
                  who),
          null);
    }
    corrected(server, who);
  }

  /**
   * Takes in what the server's clock said just now, however far off it is: a bot at work goes on by
   * the server's time.
   */
  void corrected(Instant server, Object who) {
    Duration difference = Duration.between(local.instant(), server);
    Duration change = difference.minus(ahead).abs();
    if (difference.abs().compareTo(WORTH_A_WARNING) > 0 && change.compareTo(WORTH_A_WARNING) > 0) {
      LOG.log(
          Level.WARNING,
          "the clock of this machine differs from that of {0} by {1}",
          who,
          difference.truncatedTo(ChronoUnit.SECONDS));
    }
    ahead = difference;
  }
}
