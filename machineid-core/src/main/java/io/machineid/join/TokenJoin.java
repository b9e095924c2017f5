package io.machineid.join;

import io.machineid.ConfigException;
import java.nio.file.Path;

/**
 * The join method {@code token}: a one-time secret, given or read from a file when it is needed.
 */
public final class TokenJoin implements JoinMethod {

  static final String NAME = "token";

  private final TokenText token;

  private TokenJoin(TokenText token) {
    this.token = token;
  }

  static TokenJoin literal(String token) {
    return new TokenJoin(TokenText.literal(token));
  }

  static TokenJoin file(Path file) {
    return new TokenJoin(TokenText.file(file));
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * The token itself: a secret until it is used.
   *
   * @return the token, without white space around it
   * @throws ConfigException when it is in a file that cannot be read
   */
  @Override
  public String exposeToken() {
    return token.value();
  }

  @Override
  public String toString() {
    return "token (" + token + ")";
  }
}
