package io.machineid.internal.lifecycle;

import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides when to renew and when to try again: the only place that does. All times are jittered, so
 * that a fleet does not move in step.
 *
 * <p>What fails in passing is tried again after waits that grow up to one and a half times the
 * usual interval. A fleet that is cut off for long then knocks at about the rate at which it renews
 * in quiet times, and comes back at that rate, not all at once: the mean wait of three quarters of
 * the interval is what keeps the peak below twice the mean. Bounds begin at a part of the longest,
 * not at some seconds, for the same reason: each doubling is one more try for each bot.
 */
final class RenewalPolicy {

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(30);
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(5);
  private static final Duration SHORTEST_BACKOFF_WHEN_LIMITED = Duration.ofSeconds(10);
  private static final Duration AFTER_AUTHORITIES_CHANGED = Duration.ofSeconds(5);
  private static final int DOUBLINGS = 3;
  private static final int WATCH_DOUBLINGS = 16;
  private static final int NEAR_THE_END = 64;
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
   * How long to wait until a failed renewal is tried again: full jitter over a bound that doubles,
   * from an eighth of the longest, after the wait that the server asked for. While the certificate
   * is valid, all of that is at most half of what is left, down to some seconds, so that no wait
   * runs past its end: a bot that joined by token would not come back from there.
   *
   * @param failures how many came in a row, from 1
   * @param error what the last one was
   * @param life for how long the certificate was granted
   * @param remaining how long it is still valid; zero when it has ended
   */
  Duration untilRetry(int failures, MachineIdException error, Duration life, Duration remaining) {
    Duration longest = longestBackoff(life);
    Duration limit = error.retryable() ? longest : shorter(longest, AFTER_REFUSAL);
    Duration latest =
        remaining.isZero()
            ? FOREVER
            : longer(remaining.dividedBy(2), limit.dividedBy(NEAR_THE_END));
    Duration bound = shorter(bounded(failures, limit), latest);
    Duration wait = atLeastShortest(scaled(bound, random.nextDouble()));
    Duration unasked =
        error.reason() == Reason.RATE_LIMITED ? SHORTEST_BACKOFF_WHEN_LIMITED : Duration.ZERO;
    return shorter(wait.plus(error.retryAfter().orElse(unasked)), atLeastShortest(latest));
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

  private static Duration bounded(int failures, Duration longest) {
    return longest.dividedBy(1L << Math.max(0, DOUBLINGS + 1 - failures));
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
