package io.machineid.config;

import io.machineid.ConfigException;

/** A place in a file, counted from 1. */
record Mark(String source, int line, int column) {

  ConfigException error(String message) {
    return new ConfigException(this + ": " + message, null);
  }

  @Override
  public String toString() {
    return source + ":" + line + ":" + column;
  }
}
