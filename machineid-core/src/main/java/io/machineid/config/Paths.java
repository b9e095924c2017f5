package io.machineid.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Turns text into paths. */
final class Paths {

  private Paths() {}

  static Path parse(Section section, String key, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw section.mark(key).error("`" + section.name(key) + "` is no path: " + e.getReason());
    }
  }
}
