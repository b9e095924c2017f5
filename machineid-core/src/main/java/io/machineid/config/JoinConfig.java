package io.machineid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How the bot proves who it is: {@code onboarding.join_method} with the keys that belong to it. All
 * methods that Teleport offers to bots can be configured; {@link OnboardingConfig#method()} says
 * which the library can join by.
 */
public sealed interface JoinConfig {

  /**
   * The method's name.
   *
   * @return as {@code join_method} spells it
   */
  String name();

  /**
   * The token.
   *
   * @return for {@code token} the secret, for others the name of the token resource; empty only for
   *     {@code token}, where a stored identity may make it needless
   */
  Optional<JoinToken> token();

  /** A method for which the token is a name, and no secret. */
  sealed interface Delegated extends JoinConfig {

    /**
     * The name of the token resource.
     *
     * @return the name, or a file that holds it
     */
    JoinToken tokenName();

    @Override
    default Optional<JoinToken> token() {
      return Optional.of(tokenName());
    }
  }

  /**
   * {@code token}: a secret that the cluster takes once.
   *
   * @param token the secret, or empty where a stored identity makes it needless
   */
  record Token(Optional<JoinToken> token) implements JoinConfig {

    /**
     * Checks.
     *
     * @param token component {@code token}
     */
    public Token {
      Objects.requireNonNull(token, "token");
    }

    @Override
    public String name() {
      return JoinKeys.TOKEN;
    }
  }

  /**
   * A method that takes its evidence from where the bot runs, and needs nothing more from the file:
   * {@code azure_devops}, {@code bitbucket}, {@code circleci}, {@code env0}, {@code gcp}, {@code
   * github}, {@code iam}, {@code oracle}, {@code spacelift}, {@code tpm}.
   *
   * @param name the method's name
   * @param tokenName the name of the token resource
   */
  record Ambient(String name, JoinToken tokenName) implements Delegated {

    /**
     * Checks.
     *
     * @param name component {@code name}
     * @param tokenName component {@code tokenName}
     */
    public Ambient {
      Objects.requireNonNull(tokenName, "tokenName");
      if (!JoinKeys.AMBIENT.contains(name)) {
        throw new IllegalArgumentException("not one of " + JoinKeys.AMBIENT);
      }
    }
  }

  /**
   * {@code azure}.
   *
   * @param tokenName the name of the token resource
   * @param clientId which managed identity of the machine to use, or empty for the only one
   */
  record Azure(JoinToken tokenName, Optional<String> clientId) implements Delegated {

    /**
     * Checks.
     *
     * @param tokenName component {@code tokenName}
     * @param clientId component {@code clientId}
     */
    public Azure {
      Objects.requireNonNull(tokenName, "tokenName");
      Objects.requireNonNull(clientId, "clientId");
    }

    @Override
    public String name() {
      return JoinKeys.AZURE;
    }
  }

  /**
   * {@code kubernetes}.
   *
   * @param tokenName the name of the token resource
   * @param tokenPath the file of the service account's token; empty for {@code
   *     KUBERNETES_TOKEN_PATH}, and else where Kubernetes puts it
   */
  record Kubernetes(JoinToken tokenName, Optional<Path> tokenPath) implements Delegated {

    /**
     * Checks.
     *
     * @param tokenName component {@code tokenName}
     * @param tokenPath component {@code tokenPath}
     */
    public Kubernetes {
      Objects.requireNonNull(tokenName, "tokenName");
      Objects.requireNonNull(tokenPath, "tokenPath");
    }

    @Override
    public String name() {
      return JoinKeys.KUBERNETES;
    }
  }

  /**
   * {@code gitlab}.
   *
   * @param tokenName the name of the token resource
   * @param tokenVariable the environment variable that holds the job's token; default {@code
   *     TBOT_GITLAB_JWT}
   */
  record Gitlab(JoinToken tokenName, String tokenVariable) implements Delegated {

    /** The variable where the file names none. */
    public static final String DEFAULT_VARIABLE = "TBOT_GITLAB_JWT";

    /**
     * Checks.
     *
     * @param tokenName component {@code tokenName}
     * @param tokenVariable component {@code tokenVariable}
     */
    public Gitlab {
      Objects.requireNonNull(tokenName, "tokenName");
      Checks.notBlank(tokenVariable, "tokenVariable");
    }

    @Override
    public String name() {
      return JoinKeys.GITLAB;
    }
  }

  /**
   * {@code terraform_cloud}.
   *
   * @param tokenName the name of the token resource
   * @param audienceTag the tag of the workspace's token, or empty for the one without a tag
   */
  record TerraformCloud(JoinToken tokenName, Optional<String> audienceTag) implements Delegated {

    /**
     * Checks.
     *
     * @param tokenName component {@code tokenName}
     * @param audienceTag component {@code audienceTag}
     */
    public TerraformCloud {
      Objects.requireNonNull(tokenName, "tokenName");
      Objects.requireNonNull(audienceTag, "audienceTag");
    }

    @Override
    public String name() {
      return JoinKeys.TERRAFORM_CLOUD;
    }
  }

  /**
   * {@code bound_keypair}. At most one of the three is given; with none the key pair of an earlier
   * run is in the storage.
   *
   * @param tokenName the name of the token resource
   * @param registrationSecret the one-time secret of the first join
   * @param registrationSecretPath a file that holds that secret
   * @param staticPrivateKeyPath a file with a private key that is used instead of a stored one
   */
  record BoundKeypair(
      JoinToken tokenName,
      Optional<SecretText> registrationSecret,
      Optional<Path> registrationSecretPath,
      Optional<Path> staticPrivateKeyPath)
      implements Delegated {

    /**
     * Checks.
     *
     * @param tokenName component {@code tokenName}
     * @param registrationSecret component {@code registrationSecret}
     * @param registrationSecretPath component {@code registrationSecretPath}
     * @param staticPrivateKeyPath component {@code staticPrivateKeyPath}
     */
    public BoundKeypair {
      Objects.requireNonNull(tokenName, "tokenName");
      long given =
          List.of(registrationSecret, registrationSecretPath, staticPrivateKeyPath).stream()
              .filter(Optional::isPresent)
              .count();
      if (given > 1) {
        throw new IllegalArgumentException("more than one source of the key pair is given");
      }
    }

    @Override
    public String name() {
      return JoinKeys.BOUND_KEYPAIR;
    }
  }

  /**
   * {@code generic_oidc}: the token of any identity provider, from a variable or a command.
   *
   * @param tokenName the name of the token resource
   * @param variable the environment variable that holds the provider's token, or empty
   * @param command the program that prints it, with its arguments, or none
   * @param timeout how long the command may take, or empty where the file says nothing
   */
  record GenericOidc(
      JoinToken tokenName,
      Optional<String> variable,
      List<String> command,
      Optional<Duration> timeout)
      implements Delegated {

    /**
     * Checks and copies.
     *
     * @param tokenName component {@code tokenName}
     * @param variable component {@code variable}
     * @param command component {@code command}
     * @param timeout component {@code timeout}
     */
    public GenericOidc {
      Objects.requireNonNull(tokenName, "tokenName");
      command = List.copyOf(command);
      if (variable.isPresent() != command.isEmpty()) {
        throw new IllegalArgumentException("either a variable or a command");
      }
      if (timeout.isPresent() && command.isEmpty()) {
        throw new IllegalArgumentException("a timeout without a command");
      }
    }

    @Override
    public String name() {
      return JoinKeys.GENERIC_OIDC;
    }
  }
}
