package io.machineid.join;

import io.machineid.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The join method {@code token}: a one-time secret, given or read from a file when it is needed.
 */
public final class TokenJoin implements JoinMethod {

  private static final int FILE_LIMIT_BYTES = 64 * 1024;

  private final Supplier<String> source;
  private final String description;

  private TokenJoin(Supplier<String> source, String description) {
    this.source = source;
    this.description = description;
  }

  static TokenJoin literal(String token) {
    if (token.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    String value = token.strip();
    return new TokenJoin(() -> value, "given");
  }

  static TokenJoin file(Path file) {
    return new TokenJoin(() -> read(file), "from " + file);
  }

  private static String read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(FILE_LIMIT_BYTES + 1);
      String token = new String(content, StandardCharsets.UTF_8).strip();
      if (content.length > FILE_LIMIT_BYTES || token.isEmpty()) {
        throw new ConfigException(
            "the token file %s is %s; it must hold one token"
                .formatted(file, token.isEmpty() ? "empty" : "too large"),
            null);
      }
      return token;
    } catch (IOException e) {
      throw new ConfigException(
          "the token file %s cannot be read: %s. Check path and permissions".formatted(file, e), e);
    }
  }

  @Override
  public String name() {
    return "token";
  }

  /**
   * The token itself: a secret until it is used.
   *
   * @return the token, without white space around it
   * @throws ConfigException when it is in a file that cannot be read
   */
  public String exposeToken() {
    return source.get();
  }

  @Override
  public String toString() {
    return "token (" + description + ")";
  }
}
