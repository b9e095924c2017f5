package io.machineid.join;

import io.machineid.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The join method {@code bound_keypair}: a key pair that the token resource is bound to. Mostly the
 * bot makes it at its first join, for which it has a registration secret, and keeps it in its
 * storage together with the join state, a record that the cluster hands out and wants back. Losing
 * the storage, or using a copy of it, locks the bot out.
 *
 * <p>Immutable and thread-safe. The methods that set something return a changed copy; of secret and
 * static key the one set last counts.
 */
public final class BoundKeypairJoin implements JoinMethod {

  static final String NAME = "bound_keypair";

  private static final String SECRET_VARIABLE = "TBOT_REGISTRATION_SECRET";
  private static final String STATIC_KEY_VARIABLE = "TBOT_BOUND_KEYPAIR_STATIC_KEY";
  private static final int KEY_LIMIT_BYTES = 64 * 1024;

  private final TokenText tokenName;
  private final @Nullable TokenText secret;
  private final @Nullable Path staticKey;
  private final Map<String, String> environment;

  private BoundKeypairJoin(
      TokenText tokenName,
      @Nullable TokenText secret,
      @Nullable Path staticKey,
      Map<String, String> environment) {
    this.tokenName = tokenName;
    this.secret = secret;
    this.staticKey = staticKey;
    this.environment = environment;
  }

  static BoundKeypairJoin of(String tokenName) {
    return new BoundKeypairJoin(TokenText.literal(tokenName), null, null, System.getenv());
  }

  /**
   * Registers a new key pair with this secret, where none is stored yet.
   *
   * @param value the registration secret of the token resource; good for once
   * @return a copy with that secret
   */
  public BoundKeypairJoin registrationSecret(String value) {
    return new BoundKeypairJoin(tokenName, TokenText.literal(value), null, environment);
  }

  /**
   * Registers a new key pair with a secret from a file, which is read only if it is needed.
   *
   * @param file holds the secret and nothing else but white space
   * @return a copy with that secret
   */
  public BoundKeypairJoin registrationSecretFile(Path file) {
    return new BoundKeypairJoin(
        tokenName, TokenText.file(file, "registration secret"), null, environment);
  }

  /**
   * Uses a private key that stays as it is, whose public key the token resource names. It is read
   * for each join, and is never exchanged. What is in the storage may be lost where the recovery
   * mode of the token resource is {@code insecure}.
   *
   * @param file a private key as PEM: Ed25519, ECDSA P-256 or RSA
   * @return a copy with that key
   */
  public BoundKeypairJoin staticKeyFile(Path file) {
    return new BoundKeypairJoin(tokenName, null, Objects.requireNonNull(file, "file"), environment);
  }

  /**
   * Looks into other variables than those of this process, as tests want it. What was set here
   * counts more than they do.
   *
   * @param variables names and values
   * @return a copy with that environment
   */
  public BoundKeypairJoin environment(Map<String, String> variables) {
    return new BoundKeypairJoin(tokenName, secret, staticKey, Map.copyOf(variables));
  }

  /**
   * Reads the name of the token resource from a file, whenever the bot joins.
   *
   * @param file holds the name and nothing else but white space
   * @return a copy with that name
   */
  public BoundKeypairJoin tokenNameFile(Path file) {
    return new BoundKeypairJoin(TokenText.file(file), secret, staticKey, environment);
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * The name of the token resource in the cluster, which is no secret.
   *
   * @return the name
   * @throws ConfigException when it is in a file that cannot be read
   */
  @Override
  public String exposeToken() {
    return tokenName.value();
  }

  /**
   * The registration secret.
   *
   * @return the secret, or empty where there is none or a static key is set
   * @throws ConfigException when it is in a file that cannot be read
   */
  public Optional<String> exposeRegistrationSecret() {
    if (secret != null) {
      return Optional.of(secret.value());
    }
    return staticKey == null ? variable(SECRET_VARIABLE).map(String::strip) : Optional.empty();
  }

  /**
   * The private key that stays as it is. Blocks.
   *
   * @return the key as PEM, or empty where the one in the storage is to be used
   * @throws ConfigException when it cannot be read
   */
  public Optional<String> exposeStaticKey() {
    if (staticKey != null) {
      return Optional.of(read(staticKey));
    }
    return secret == null ? variable(STATIC_KEY_VARIABLE).map(this::decoded) : Optional.empty();
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  private String decoded(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "the environment variable %s is no base64; it holds a private key as PEM in base64"
              .formatted(STATIC_KEY_VARIABLE),
          null);
    }
  }

  private static String read(Path file) {
    try {
      return BoundedFile.read(file, KEY_LIMIT_BYTES)
          .orElseThrow(
              () ->
                  new ConfigException(
                      "the private key file %s is too large to be one".formatted(file), null));
    } catch (IOException e) {
      throw new ConfigException(
          "the private key file %s cannot be read: %s. Check path and permissions"
              .formatted(file, e),
          e);
    }
  }

  @Override
  public String toString() {
    return "bound_keypair (token name " + tokenName + ")";
  }
}
