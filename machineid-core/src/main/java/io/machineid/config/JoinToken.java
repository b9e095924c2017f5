package io.machineid.config;

import io.machineid.join.JoinMethod;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** {@code onboarding.token}: the token, or the absolute path of a file that holds it. */
public final class JoinToken {

  private final String text;

  private JoinToken(String text) {
    this.text = text;
  }

  /**
   * Takes the text of the file.
   *
   * @param text a token, or an absolute path
   * @return the token
   */
  public static JoinToken of(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    return new JoinToken(text);
  }

  /**
   * The file that holds the token, if it is in one.
   *
   * @return the path, or empty when the token itself was given
   */
  public Optional<Path> file() {
    try {
      Path path = Path.of(text);
      return path.isAbsolute() ? Optional.of(path) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /**
   * The join method {@code token} with this token. A file is read when the bot joins, not before.
   *
   * @return the method
   */
  public JoinMethod method() {
    return file().map(JoinMethod::tokenFile).orElseGet(() -> JoinMethod.token(text));
  }

  /** What stands in the file: a secret, or a path. */
  String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JoinToken token && token.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return file().map(path -> "JoinToken[file=" + path + "]").orElse("JoinToken[…]");
  }
}
