package io.machineid.config;

/** A secret that stands in a configuration; {@code toString()} does not show it. */
public final class SecretText {

  private final String text;

  private SecretText(String text) {
    this.text = text;
  }

  /**
   * Wraps a secret.
   *
   * @param text the secret, not blank
   * @return the secret
   */
  public static SecretText of(String text) {
    Checks.notBlank(text, "the secret");
    return new SecretText(text);
  }

  /**
   * The secret itself: do not log it.
   *
   * @return the text
   */
  public String exposeSecret() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretText secret && secret.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "SecretText[…]";
  }
}
