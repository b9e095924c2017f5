package io.machineid.config;

import io.machineid.ConfigException;

/** A place in a file, counted from 1; or a flag or variable, which has no lines. */
record Mark(String source, int line, int column) {

  /** Where no file is: the name of a flag or of an environment variable. */
  static Mark of(String origin) {
    return new Mark(origin, 0, 0);
  }

  ConfigException error(String message) {
    return new ConfigException(this + ": " + message, null);
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}
