package io.machineid.config;

import io.machineid.join.AzureJoin;
import io.machineid.join.BoundKeypairJoin;
import io.machineid.join.IamJoin;
import io.machineid.join.IdTokenJoin;
import io.machineid.join.JoinMethod;
import io.machineid.join.OracleJoin;
import io.machineid.join.TpmJoin;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** From what is configured to a method to join by. */
final class Methods {

  /** What stands in for a name that is in a file. */
  private static final String IN_FILE = "in a file";

  private Methods() {}

  static Optional<JoinMethod> of(JoinConfig join, Map<String, String> environment) {
    if (join instanceof JoinConfig.Token secret) {
      return secret.token().map(JoinToken::method);
    }
    JoinToken token = join.token().orElseThrow();
    Optional<Path> file = token.file();
    String name = file.isPresent() ? IN_FILE : token.text();
    if (join instanceof JoinConfig.Azure azure) {
      AzureJoin method =
          azure
              .clientId()
              .map(id -> JoinMethod.azure(name, id))
              .orElseGet(() -> JoinMethod.azure(name))
              .environment(environment);
      return Optional.of(file.map(method::tokenNameFile).orElse(method));
    }
    if (join.name().equals("iam")) {
      IamJoin iam = JoinMethod.iam(name).environment(environment);
      return Optional.of(file.map(iam::tokenNameFile).orElse(iam));
    }
    if (join.name().equals("oracle")) {
      OracleJoin oracle = JoinMethod.oracle(name).environment(environment);
      return Optional.of(file.map(oracle::tokenNameFile).orElse(oracle));
    }
    if (join.name().equals("tpm")) {
      TpmJoin tpm = JoinMethod.tpm(name);
      return Optional.of(file.map(tpm::tokenNameFile).orElse(tpm));
    }
    if (join instanceof JoinConfig.BoundKeypair bound) {
      BoundKeypairJoin method = boundKeypair(bound, name).environment(environment);
      return Optional.of(file.map(method::tokenNameFile).orElse(method));
    }
    IdTokenJoin method = idToken(join, name).environment(environment);
    return Optional.of(file.map(method::tokenNameFile).orElse(method));
  }

  private static BoundKeypairJoin boundKeypair(JoinConfig.BoundKeypair bound, String name) {
    BoundKeypairJoin method = JoinMethod.boundKeypair(name);
    return bound
        .registrationSecret()
        .map(secret -> method.registrationSecret(secret.exposeSecret()))
        .or(() -> bound.registrationSecretPath().map(method::registrationSecretFile))
        .or(() -> bound.staticPrivateKeyPath().map(method::staticKeyFile))
        .orElse(method);
  }

  private static IdTokenJoin idToken(JoinConfig join, String name) {
    if (join instanceof JoinConfig.Kubernetes kubernetes) {
      return kubernetes
          .tokenPath()
          .map(path -> JoinMethod.kubernetes(name, path))
          .orElseGet(() -> JoinMethod.kubernetes(name));
    }
    if (join instanceof JoinConfig.Gitlab gitlab) {
      return JoinMethod.gitlab(name, gitlab.tokenVariable());
    }
    if (join instanceof JoinConfig.TerraformCloud terraform) {
      return JoinMethod.terraformCloud(name, terraform.audienceTag());
    }
    if (join instanceof JoinConfig.GenericOidc oidc) {
      return oidc.variable()
          .map(variable -> JoinMethod.genericOidc(name, variable))
          .orElseGet(() -> JoinMethod.genericOidc(name, oidc.command(), oidc.timeout()));
    }
    return switch (join.name()) {
      case "azure_devops" -> JoinMethod.azureDevops(name);
      case "bitbucket" -> JoinMethod.bitbucket(name);
      case "circleci" -> JoinMethod.circleci(name);
      case "env0" -> JoinMethod.env0(name);
      case "gcp" -> JoinMethod.gcp(name);
      case "github" -> JoinMethod.github(name);
      case "spacelift" -> JoinMethod.spacelift(name);
      default -> throw new IllegalStateException("no method is called " + join.name());
    };
  }
}
