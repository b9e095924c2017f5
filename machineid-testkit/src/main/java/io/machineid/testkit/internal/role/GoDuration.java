package io.machineid.testkit.internal.role;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 30h0m0s}, {@code 1.5h}, {@code 250ms}. */
final class GoDuration {

  private static final int MAX_LENGTH = 64;
  private static final BigDecimal MAX_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?)(ns|us|ms|s|m|h)");

  private static final Map<String, BigDecimal> NANOS =
      Map.of(
          "ns", BigDecimal.ONE,
          "us", BigDecimal.valueOf(1_000L),
          "ms", BigDecimal.valueOf(1_000_000L),
          "s", BigDecimal.valueOf(1_000_000_000L),
          "m", BigDecimal.valueOf(60_000_000_000L),
          "h", BigDecimal.valueOf(3_600_000_000_000L));

  private GoDuration() {}

  static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    Matcher matcher = PART.matcher(text);
    while (text.length() <= MAX_LENGTH
        && end < text.length()
        && matcher.find(end)
        && matcher.start() == end) {
      nanos = nanos.add(nanos(matcher.group(1), matcher.group(2)));
      end = matcher.end();
    }
    if (end == 0 || end < text.length() || nanos.compareTo(MAX_NANOS) > 0) {
      throw new IllegalArgumentException("not a duration such as 12h or 1h30m: " + text);
    }
    return Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
  }

  private static BigDecimal nanos(String number, String unit) {
    BigDecimal scale = NANOS.getOrDefault(unit, BigDecimal.ZERO);
    String digits = number.endsWith(".") ? number + "0" : number;
    return new BigDecimal(digits).multiply(scale);
  }
}
