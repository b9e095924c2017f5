package io.machineid.join;

import io.machineid.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A token, or the name of one: given, or read from a file each time that it is needed.
 *
 * @param source reads it
 * @param description where it comes from, without the token
 */
record TokenText(Supplier<String> source, String description) {

  private static final int FILE_LIMIT_BYTES = 64 * 1024;

  static TokenText literal(String token) {
    Objects.requireNonNull(
        token, "token is null: is the setting or environment variable set that it comes from?");
    if (token.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    String value = token.strip();
    return new TokenText(() -> value, "given");
  }

  static TokenText file(Path file) {
    return file(file, "token");
  }

  /** What is in a file, by what it is called in messages. */
  static TokenText file(Path file, String what) {
    return new TokenText(() -> read(file, what), "from " + file);
  }

  String value() {
    return source.get();
  }

  private static String read(Path file, String what) {
    try {
      return BoundedFile.read(file, FILE_LIMIT_BYTES)
          .filter(text -> !text.isEmpty())
          .orElseThrow(
              () ->
                  new ConfigException(
                      "the %1$s file %2$s is empty or too large; it must hold one %1$s"
                          .formatted(what, file),
                      null));
    } catch (IOException e) {
      throw new ConfigException(
          "the %s file %s cannot be read: %s. Check path and permissions".formatted(what, file, e),
          e);
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
