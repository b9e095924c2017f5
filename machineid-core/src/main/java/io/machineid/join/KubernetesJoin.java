package io.machineid.join;

import io.machineid.JoinException;
import java.io.IOException;
import java.nio.file.Path;

/** The join method {@code kubernetes}: the token of the pod's service account, from its file. */
final class KubernetesJoin {

  static final String NAME = "kubernetes";

  private static final String VARIABLE = "KUBERNETES_TOKEN_PATH";
  private static final String DEFAULT = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  private static final int LIMIT_BYTES = 64 * 1024;

  private KubernetesJoin() {}

  static IdTokenJoin of(String tokenName) {
    return IdTokenJoin.of(
        NAME,
        tokenName,
        surroundings -> read(Path.of(surroundings.variable(VARIABLE).orElse(DEFAULT))));
  }

  static IdTokenJoin of(String tokenName, Path file) {
    return IdTokenJoin.of(NAME, tokenName, surroundings -> read(file));
  }

  private static String read(Path file) {
    try {
      return BoundedFile.read(file, LIMIT_BYTES).orElseThrow(() -> tooLarge(file));
    } catch (IOException e) {
      throw Evidence.passing(
          NAME,
          "the service account token %s cannot be read: %s. Mount a projected token and name its path in %s or onboarding.kubernetes.token_path"
              .formatted(file, e, VARIABLE),
          e);
    }
  }

  private static JoinException tooLarge(Path file) {
    return Evidence.lasting(
        NAME,
        "the service account token %s is larger than %d KiB".formatted(file, LIMIT_BYTES / 1024));
  }
}
