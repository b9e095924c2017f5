package io.machineid.internal.lifecycle;

import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides when to renew and when to try again: the only place that does. All times are jittered, so
 * that a fleet does not move in step.
 */
final class RenewalPolicy {

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
  private static final Duration LONGEST_BACKOFF_AFTER_REFUSAL = Duration.ofMinutes(5);
  private static final Duration SHORTEST_BACKOFF_WHEN_LIMITED = Duration.ofSeconds(10);
  private static final Duration AFTER_AUTHORITIES_CHANGED = Duration.ofSeconds(5);
  private static final int DOUBLINGS = 16;
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
    Duration third = remaining.dividedBy(3);
    Duration latest = third.multipliedBy(2);
    Duration wanted = interval.filter(chosen -> chosen.compareTo(latest) < 0).orElse(third);
    return atLeastShortest(scaled(wanted, 1 - JITTER * random.nextDouble()));
  }

  /**
   * How long to wait until a failed renewal is tried again: full jitter over a bound that doubles,
   * after what the server asked for.
   *
   * @param failures how many came in a row, from 1
   * @param error what the last one was
   */
  Duration untilRetry(int failures, MachineIdException error) {
    Duration bound = SHORTEST_WAIT.multipliedBy(1L << Math.min(failures, DOUBLINGS));
    Duration longest = error.retryable() ? LONGEST_BACKOFF : LONGEST_BACKOFF_AFTER_REFUSAL;
    Duration capped = bound.compareTo(longest) < 0 ? bound : longest;
    Duration wait = atLeastShortest(scaled(capped, random.nextDouble()));
    Duration unasked =
        error.reason() == Reason.RATE_LIMITED ? SHORTEST_BACKOFF_WHEN_LIMITED : Duration.ZERO;
    return wait.plus(error.retryAfter().orElse(unasked));
  }

  /** How long to wait until a change of authorities is followed: changes come in bursts. */
  Duration untilAuthoritiesFollowed() {
    return atLeastShortest(scaled(AFTER_AUTHORITIES_CHANGED, random.nextDouble()));
  }

  /** How long to wait until a broken watch is opened again. */
  Duration untilWatchedAgain(int failures) {
    Duration bound = SHORTEST_WAIT.multipliedBy(1L << Math.min(failures, DOUBLINGS));
    Duration capped = bound.compareTo(LONGEST_BACKOFF) < 0 ? bound : LONGEST_BACKOFF;
    return atLeastShortest(scaled(capped, (1 + random.nextDouble()) / 2));
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofMillis((long) (duration.toMillis() * factor));
  }

  private static Duration atLeastShortest(Duration duration) {
    return duration.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : duration;
  }
}
