package io.machineid.internal.lifecycle;

import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides when to renew and when to try again: the only place that does. All times are jittered, so
 * that a fleet does not move in step.
 *
 * <p>What fails in passing is tried again once soon, and then after waits of up to one and a half
 * times the usual interval. A fleet that is cut off for long then knocks at about the rate at which
 * it renews in quiet times, and comes back at that rate, not all at once: the mean wait of three
 * quarters of the interval is what keeps the peak below twice the mean. Each further try that a bot
 * makes in passing is one more for each bot of the fleet. So there is one that counts: shortly
 * before a certificate ends, whatever the waits were. A bot whose cluster is back by then lives on.
 */
final class RenewalPolicy {

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(30);
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(5);
  private static final Duration SHORTEST_BACKOFF_WHEN_LIMITED = Duration.ofSeconds(10);
  private static final Duration AFTER_AUTHORITIES_CHANGED = Duration.ofSeconds(5);
  private static final int SOON = 16;
  private static final int WATCH_DOUBLINGS = 16;
  private static final int LAST_TRY_FROM = 40;
  private static final int LAST_TRY_UNTIL = 120;
  private static final Duration LEAST_LONGEST_BACKOFF = Duration.ofSeconds(30);
  private static final Duration FOREVER = Duration.ofDays(365);
  private static final double JITTER = 0.1;

  private final Optional<Duration> interval;
  private final RandomGenerator random;

  /**
   * Makes a policy.
   *
   * @param interval how often to renew; where empty, or too long for what is left, after a third of
   *     what is left
   * @param random for the jitter
   */
  RenewalPolicy(Optional<Duration> interval, RandomGenerator random) {
    this.interval = interval;
    this.random = random;
  }

  /**
   * How long to wait until a certificate is renewed.
   *
   * @param remaining how long it is still valid
   */
  Duration untilRenewal(Duration remaining) {
    return atLeastShortest(scaled(usual(remaining), 1 - JITTER * random.nextDouble()));
  }

  /** The interval for a certificate with a life, before any jitter. */
  private Duration usual(Duration life) {
    Duration third = life.dividedBy(3);
    Duration latest = third.multipliedBy(2);
    return interval.filter(chosen -> chosen.compareTo(latest) < 0).orElse(third);
  }

  /** The longest wait between tries to renew a certificate with a life. */
  private Duration longestBackoff(Duration life) {
    Duration least = shorter(LEAST_LONGEST_BACKOFF, life.dividedBy(2));
    return shorter(longer(usual(life).multipliedBy(3).dividedBy(2), least), LONGEST_BACKOFF);
  }

  /**
   * How long to wait until a failed renewal is tried again: full jitter over a bound, after the
   * wait that the server asked for; but never past the last try, which is due when between a 40th
   * and a 120th of the certificate's life is left. A bot that joined by token would not come back
   * from the end.
   *
   * @param failures how many came in a row, from 1
   * @param error what the last one was
   * @param life for how long the certificate was granted
   * @param remaining how long it is still valid; zero when it has ended
   */
  Duration untilRetry(int failures, MachineIdException error, Duration life, Duration remaining) {
    Duration longest = longestBackoff(life);
    // A count that is behind catches up soon.
    boolean patient = error.retryable() && error.reason() != Reason.SUPERSEDED;
    Duration limit = patient ? longest : shorter(longest, AFTER_REFUSAL);
    Duration bound = failures == 1 ? limit.dividedBy(SOON) : limit;
    Duration wait = atLeastShortest(scaled(bound, random.nextDouble()));
    Duration unasked =
        error.reason() == Reason.RATE_LIMITED ? SHORTEST_BACKOFF_WHEN_LIMITED : Duration.ZERO;
    Duration asked = wait.plus(error.retryAfter().orElse(unasked));
    return shorter(asked, atLeastShortest(untilLastTry(life, remaining)));
  }

  private Duration untilLastTry(Duration life, Duration remaining) {
    Duration earliest = life.dividedBy(LAST_TRY_FROM);
    if (remaining.compareTo(earliest) <= 0) {
      return FOREVER; // it was made, or there is no use in it any more
    }
    Duration latest = life.dividedBy(LAST_TRY_UNTIL);
    Duration left = latest.plus(scaled(earliest.minus(latest), random.nextDouble()));
    return Duration.ofMillis(remaining.minus(left).toMillis());
  }

  /** From when on a try to renew an identity is the last one before its end. */
  static Instant lastTryOf(Identity identity) {
    return identity.notAfter().minus(identity.life().dividedBy(LAST_TRY_FROM));
  }

  /** How long to wait until a change of authorities is followed: changes come in bursts. */
  Duration untilAuthoritiesFollowed() {
    return atLeastShortest(scaled(AFTER_AUTHORITIES_CHANGED, random.nextDouble()));
  }

  /**
   * How long to wait until a broken watch is opened again: a bound that doubles from two seconds,
   * since who does not watch does not know of new authorities, and may soon trust the wrong ones.
   *
   * @param failures how many came in a row, from 1
   * @param life for how long the identity that watches was granted
   */
  Duration untilWatchedAgain(int failures, Duration life) {
    Duration doubled = SHORTEST_WAIT.multipliedBy(1L << Math.min(failures, WATCH_DOUBLINGS));
    Duration wait = shorter(doubled, longestBackoff(life));
    return atLeastShortest(scaled(wait, (1 + random.nextDouble()) / 2));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofMillis((long) (duration.toMillis() * factor));
  }

  private static Duration atLeastShortest(Duration duration) {
    return longer(duration, SHORTEST_WAIT);
  }
}
