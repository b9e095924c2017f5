package io.machineid.internal.transport;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The header {@code Retry-After}: seconds, or a date of HTTP. */
public final class RetryAfter {

  /** Longer waits are cut short, so that nobody puts a bot to sleep past its certificate. */
  public static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int DIGITS_LIMIT = 9;

  private RetryAfter() {}

  /**
   * How long to wait.
   *
   * @param value what the header says
   * @param now the time on the server's clock
   * @return more than zero, at most {@link #LONGEST}; empty where the value is neither form, or in
   *     the past
   */
  public static Optional<Duration> parse(String value, Instant now) {
    return duration(value.strip(), now)
        .filter(wait -> !wait.isNegative() && !wait.isZero())
        .map(wait -> wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
  }

  private static Optional<Duration> duration(String value, Instant now) {
    if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(
          value.length() > DIGITS_LIMIT ? LONGEST : Duration.ofSeconds(Long.parseLong(value)));
    }
    return date(value).map(until -> Duration.between(now, until));
  }

  /** A date as HTTP writes it, or nothing where it is none. */
  public static Optional<Instant> date(String value) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
