package io.machineid.cli;

import java.text.MessageFormat;
import java.time.Instant;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * One line per message, as {@link LogFormat} says. Debug messages of our own loggers show with
 * {@link #DEBUG_PROPERTY}; of all others only warnings and errors do.
 */
final class PlainLogger implements System.Logger {

  /** The system property that switches debug messages and stack traces on. */
  static final String DEBUG_PROPERTY = "machineid.debug";

  private final String name;

  PlainLogger(String name) {
    this.name = name;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean isLoggable(Level level) {
    boolean ours = name.startsWith("io.machineid");
    Level least = !ours ? Level.WARNING : debug() ? Level.DEBUG : Level.INFO;
    return level != Level.OFF && level.getSeverity() >= least.getSeverity();
  }

  @Override
  public void log(
      Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
    if (isLoggable(level)) {
      print(level, message, thrown);
    }
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      String format,
      @Nullable Object @Nullable ... parameters) {
    if (isLoggable(level)) {
      boolean plain = parameters == null || parameters.length == 0;
      print(level, plain ? format : MessageFormat.format(format, parameters), null);
    }
  }

  private void print(Level level, String message, @Nullable Throwable thrown) {
    LogLine line = new LogLine(Instant.now(), level, name, message, thrown);
    Terminal.ERROR.println(line.format(LogFormat.current(), debug()));
  }

  static boolean debug() {
    return Boolean.getBoolean(DEBUG_PROPERTY);
  }
}
