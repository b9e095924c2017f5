package io.machineid.join;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a bot proves to a cluster who it is. Immutable and thread-safe; {@code toString()} never
 * holds a secret.
 *
 * @see <a href="https://goteleport.com/docs/reference/join-methods/">Teleport: join methods</a>
 */
public sealed interface JoinMethod
    permits TokenJoin, IdTokenJoin, IamJoin, AzureJoin, OracleJoin, BoundKeypairJoin, TpmJoin {

  /**
   * The name by which Teleport knows the method.
   *
   * @return as in {@code join_method} of a configuration file
   */
  String name();

  /**
   * What the cluster knows the token resource by.
   *
   * @return for the method {@code token} the token itself, a secret until it is used; for all
   *     others the name of the token resource
   * @throws io.machineid.ConfigException when it is in a file that cannot be read
   */
  String exposeToken();

  /**
   * Joins with a one-time token, as {@code tctl bots add} makes it. The cluster takes it once;
   * afterwards the bot renews its identity with the identity itself, so keep the storage that holds
   * it: see {@link io.machineid.Bot.Builder#storage}.
   *
   * @param token the token; a secret until it is used
   * @return the method
   */
  static JoinMethod token(String token) {
    return TokenJoin.literal(token);
  }

  /**
   * Joins with a one-time token that a file holds. The file is read when the bot joins, not before.
   *
   * @param file holds the token and nothing else but white space
   * @return the method
   */
  static JoinMethod tokenFile(Path file) {
    return TokenJoin.file(file);
  }

  /**
   * Joins from a pod, with the token of its service account: the file that {@code
   * KUBERNETES_TOKEN_PATH} names, or else the one where Kubernetes puts it.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin kubernetes(String tokenName) {
    return KubernetesJoin.of(tokenName);
  }

  /**
   * Joins from a pod, with a service account token at a place of its own. It is read for each join:
   * the kubelet replaces it.
   *
   * @param tokenName the name of the token resource in the cluster
   * @param tokenFile the file of the service account token
   * @return the method
   */
  static IdTokenJoin kubernetes(String tokenName, Path tokenFile) {
    return KubernetesJoin.of(tokenName, Objects.requireNonNull(tokenFile, "tokenFile"));
  }

  /**
   * Joins from a GitHub Actions job with the permission {@code id-token: write}.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin github(String tokenName) {
    return GithubJoin.of(tokenName);
  }

  /**
   * Joins from a GitLab job that has an ID token in {@code TBOT_GITLAB_JWT}.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin gitlab(String tokenName) {
    return GitlabJoin.of(tokenName, GitlabJoin.DEFAULT_VARIABLE);
  }

  /**
   * Joins from a GitLab job that has an ID token in a variable of another name.
   *
   * @param tokenName the name of the token resource in the cluster
   * @param variable the environment variable, as the job's {@code id_tokens} names it
   * @return the method
   */
  static IdTokenJoin gitlab(String tokenName, String variable) {
    return GitlabJoin.of(tokenName, variable);
  }

  /**
   * Joins from a CircleCI job.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin circleci(String tokenName) {
    return CircleciJoin.of(tokenName);
  }

  /**
   * Joins from a machine of Google Cloud, as its default service account.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin gcp(String tokenName) {
    return GcpJoin.of(tokenName);
  }

  /**
   * Joins from a Spacelift run.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin spacelift(String tokenName) {
    return SpaceliftJoin.of(tokenName);
  }

  /**
   * Joins from a run of HCP Terraform or Terraform Enterprise.
   *
   * @param tokenName the name of the token resource in the cluster
   * @param audienceTag the tag of the workspace's identity token, or empty for the one without
   * @return the method
   */
  static IdTokenJoin terraformCloud(String tokenName, Optional<String> audienceTag) {
    return TerraformCloudJoin.of(tokenName, audienceTag);
  }

  /**
   * Joins from an Azure DevOps pipeline.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin azureDevops(String tokenName) {
    return AzureDevopsJoin.of(tokenName);
  }

  /**
   * Joins from a step of Bitbucket Pipelines with {@code oidc: true}.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin bitbucket(String tokenName) {
    return BitbucketJoin.of(tokenName);
  }

  /**
   * Joins from an env0 deployment.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IdTokenJoin env0(String tokenName) {
    return Env0Join.of(tokenName);
  }

  /**
   * Joins with the token of any identity provider that the cluster trusts, from a variable. No
   * cluster up to Teleport 18 knows this method.
   *
   * @param tokenName the name of the token resource in the cluster
   * @param variable the environment variable that holds the provider's token
   * @return the method
   */
  static IdTokenJoin genericOidc(String tokenName, String variable) {
    return GenericOidcJoin.ofVariable(tokenName, variable);
  }

  /**
   * Joins with the token of any identity provider that the cluster trusts, from a command. No
   * cluster up to Teleport 18 knows this method.
   *
   * @param tokenName the name of the token resource in the cluster
   * @param command the program that prints the token, with its arguments; its errors go to those of
   *     this process
   * @param timeout how long it may take, at most half a minute; empty for just that
   * @return the method
   */
  static IdTokenJoin genericOidc(
      String tokenName, List<String> command, Optional<Duration> timeout) {
    return GenericOidcJoin.ofCommand(tokenName, command, timeout);
  }

  /**
   * Joins as the AWS identity of the machine, the pod or the function: with the credentials of
   * variables, or of the AWS SDK's default chain where {@code software.amazon.awssdk:auth} is on
   * the class path.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static IamJoin iam(String tokenName) {
    return IamJoin.of(tokenName);
  }

  /**
   * Joins as the managed identity of an Azure machine.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static AzureJoin azure(String tokenName) {
    return AzureJoin.of(tokenName, Optional.empty());
  }

  /**
   * Joins as one of several managed identities of an Azure machine.
   *
   * @param tokenName the name of the token resource in the cluster
   * @param clientId the client id of the identity
   * @return the method
   */
  static AzureJoin azure(String tokenName, String clientId) {
    return AzureJoin.of(tokenName, Optional.of(clientId));
  }

  /**
   * Joins as a compute instance of Oracle Cloud, from Teleport 17 on.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static OracleJoin oracle(String tokenName) {
    return OracleJoin.of(tokenName);
  }

  /**
   * Joins with a key pair that the token resource is bound to, from Teleport 18 on. The key pair
   * and the cluster's record of it are in the bot's storage, which has to outlive the process: see
   * {@link io.machineid.Bot.Builder#storage}.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method, for a key pair that is in the storage already, or with what the variables
   *     {@code TBOT_REGISTRATION_SECRET} or {@code TBOT_BOUND_KEYPAIR_STATIC_KEY} hold
   */
  static BoundKeypairJoin boundKeypair(String tokenName) {
    return BoundKeypairJoin.of(tokenName);
  }

  /**
   * Joins with the TPM 2.0 of the machine.
   *
   * @param tokenName the name of the token resource in the cluster
   * @return the method
   */
  static TpmJoin tpm(String tokenName) {
    return TpmJoin.of(tokenName);
  }
}
