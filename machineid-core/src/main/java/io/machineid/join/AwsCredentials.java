package io.machineid.join;

import java.util.Objects;
import java.util.Optional;

/**
 * Credentials of AWS, by which a request is signed. {@code toString()} shows the id of the key
 * alone.
 */
public final class AwsCredentials {

  private final String accessKeyId;
  private final String secretAccessKey;
  private final Optional<String> sessionToken;

  private AwsCredentials(
      String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.sessionToken = sessionToken;
  }

  /**
   * Holds credentials.
   *
   * @param accessKeyId the id of the key, no secret
   * @param secretAccessKey the key, a secret
   * @param sessionToken what goes with temporary credentials, a secret; empty for lasting ones
   * @return the credentials
   */
  public static AwsCredentials of(
      String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    if (accessKeyId.isBlank() || secretAccessKey.isBlank()) {
      throw new IllegalArgumentException("AWS credentials have an id and a secret");
    }
    return new AwsCredentials(
        accessKeyId, secretAccessKey, Objects.requireNonNull(sessionToken, "sessionToken"));
  }

  /**
   * The id of the key.
   *
   * @return such as {@code AKIA…}
   */
  public String accessKeyId() {
    return accessKeyId;
  }

  /**
   * The key itself: do not log it.
   *
   * @return the secret
   */
  public String exposeSecretAccessKey() {
    return secretAccessKey;
  }

  /**
   * What goes with temporary credentials: do not log it.
   *
   * @return the token, or empty for lasting credentials
   */
  public Optional<String> exposeSessionToken() {
    return sessionToken;
  }

  @Override
  public String toString() {
    return "AwsCredentials[" + accessKeyId + "]";
  }
}
