package io.machineid.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a logger.
 *
 * @param time when it was logged
 * @param level its level
 * @param logger the logger's name
 * @param message the message
 * @param thrown what was thrown, or null
 */
record LogLine(
    Instant time, Level level, String logger, String message, @Nullable Throwable thrown) {

  /** Without the line's end. Stack traces are shown with {@code debug} only. */
  String format(LogFormat format, boolean debug) {
    return format == LogFormat.JSON ? json(debug) : text(debug);
  }

  private String text(boolean debug) {
    StringBuilder line = new StringBuilder();
    line.append(time.truncatedTo(ChronoUnit.SECONDS)).append(' ').append(level);
    line.append(' ').append(message);
    if (thrown != null && debug) {
      line.append(System.lineSeparator()).append(trace(thrown));
    } else if (thrown != null) {
      line.append(": ").append(thrown);
    }
    return line.toString();
  }

  private String json(boolean debug) {
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("time", time.truncatedTo(ChronoUnit.MILLIS));
    entries.put("level", level.name());
    entries.put("logger", logger);
    entries.put("message", message);
    if (thrown != null) {
      entries.put("error", thrown.toString());
    }
    if (thrown != null && debug) {
      entries.put("stack", trace(thrown));
    }
    return Json.object(entries);
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}
