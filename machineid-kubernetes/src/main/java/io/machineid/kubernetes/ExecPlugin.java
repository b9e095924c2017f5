package io.machineid.kubernetes;

import java.util.List;
import java.util.Objects;

/**
 * A command that prints credentials: what a kubeconfig names instead of holding a certificate and
 * key.
 *
 * @param command the program, best as an absolute path
 * @param args its arguments
 * @param apiVersion the version of the {@code ExecCredential} that it prints
 */
public record ExecPlugin(String command, List<String> args, String apiVersion) {

  /** The version that {@link ExecCredential} is written in. */
  public static final String V1BETA1 = "client.authentication.k8s.io/v1beta1";

  /**
   * Checks and copies.
   *
   * @param command component {@code command}
   * @param args component {@code args}
   * @param apiVersion component {@code apiVersion}
   */
  public ExecPlugin {
    if (command.isBlank()) {
      throw new IllegalArgumentException("the command of an exec plugin must not be empty");
    }
    args = List.copyOf(args);
    Objects.requireNonNull(apiVersion, "apiVersion");
  }

  /**
   * A plugin that prints an {@link ExecCredential} of version {@link #V1BETA1}.
   *
   * @param command the program, best as an absolute path
   * @param args its arguments
   * @return the plugin
   */
  public static ExecPlugin of(String command, String... args) {
    return new ExecPlugin(command, List.of(args), V1BETA1);
  }
}
