package io.machineid.cli;

import java.util.Locale;

/** How messages are written. */
enum LogFormat {
  /** One line for people. */
  TEXT,
  /** One JSON object in a line. */
  JSON;

  /** The system property that chooses one for the process. */
  static final String PROPERTY = "machineid.log.format";

  static LogFormat current() {
    return "json".equals(System.getProperty(PROPERTY)) ? JSON : TEXT;
  }

  void use() {
    System.setProperty(PROPERTY, toString());
  }

  /** As it is given on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
