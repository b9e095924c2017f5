package io.machineid.testkit.internal.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Durations as {@code kubectl} prints them: coarse, at most two units. */
final class Ages {

  private Ages() {}

  /** The time since an RFC 3339 instant. */
  static String since(String instant, Instant now) {
    try {
      return of(Duration.between(Instant.parse(instant), now));
    } catch (DateTimeParseException e) {
      return "<unknown>";
    }
  }

  static String of(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 10) {
      return pair(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    return hours < 48 ? hours(hours, minutes % 60) : days(hours / 24, hours % 24);
  }

  private static String hours(long hours, long minutes) {
    return hours < 8 ? pair(hours, "h", minutes, "m") : hours + "h";
  }

  private static String days(long days, long hours) {
    if (days < 8) {
      return pair(days, "d", hours, "h");
    }
    if (days < 2 * 365) {
      return days + "d";
    }
    return days < 8 * 365 ? pair(days / 365, "y", days % 365, "d") : days / 365 + "y";
  }

  private static String pair(long big, String bigUnit, long small, String smallUnit) {
    return big + bigUnit + (small == 0 ? "" : small + smallUnit);
  }
}
