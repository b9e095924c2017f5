package io.machineid.kubernetes.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a connection that is no longer wanted has to go. This is the only place that says so.
 *
 * <p>Nothing is cut because of a rotation alone. A stream that is still open on the old certificate
 * is cut when 80 to 90 percent of what was left of that certificate's life at the rotation have
 * passed, each stream at a moment of its own, so that they do not all come back at once. When no
 * new certificate comes, all streams are cut at the end of the one that they have. Other requests
 * end by themselves; what has not ended a minute after the certificate is cut as well.
 */
final class DrainPolicy {

  /** How long an ordinary request may outlive its certificate: until its time-out is certain. */
  static final Duration GRACE = Streams.REQUEST_TIMEOUT;

  private static final int FIRST_PERCENT = 80;
  private static final int LAST_PERCENT = 90;

  private final RandomGenerator random;

  DrainPolicy(RandomGenerator random) {
    this.random = random;
  }

  /** From when to when streams are cut. */
  record Window(Instant begin, Instant end) {}

  /** The window for the streams of a certificate that has a successor since {@code superseded}. */
  Window window(Instant superseded, Instant notAfter) {
    Duration left = Duration.between(superseded, notAfter);
    if (left.isNegative()) {
      return new Window(superseded, superseded);
    }
    return new Window(
        superseded.plus(part(left, FIRST_PERCENT)), superseded.plus(part(left, LAST_PERCENT)));
  }

  /** A moment within a window, another one each time. */
  Instant within(Window window) {
    long millis = Duration.between(window.begin(), window.end()).toMillis();
    return window.begin().plusMillis(random.nextLong(millis + 1));
  }

  private static Duration part(Duration whole, int percent) {
    return Duration.ofMillis(whole.toMillis() / 100 * percent);
  }
}
