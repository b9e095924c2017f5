package io.machineid.join;

import io.machineid.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
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
    if (token.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    String value = token.strip();
    return new TokenText(() -> value, "given");
  }

  static TokenText file(Path file) {
    return new TokenText(() -> read(file), "from " + file);
  }

  String value() {
    return source.get();
  }

  private static String read(Path file) {
    try {
      return BoundedFile.read(file, FILE_LIMIT_BYTES)
          .filter(text -> !text.isEmpty())
          .orElseThrow(
              () ->
                  new ConfigException(
                      "the token file %s is empty or too large; it must hold one token"
                          .formatted(file),
                      null));
    } catch (IOException e) {
      throw new ConfigException(
          "the token file %s cannot be read: %s. Check path and permissions".formatted(file, e), e);
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
