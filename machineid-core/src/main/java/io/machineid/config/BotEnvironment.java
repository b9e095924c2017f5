package io.machineid.config;

import io.machineid.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What environment variables say about a bot: those that {@code tbot} reads, except the ones that
 * hold a join method's evidence or steer the connection.
 *
 * @param overrides {@code TELEPORT_PROXY}, {@code TELEPORT_AUTH_SERVER}, {@code
 *     TELEPORT_BOT_TOKEN}, {@code TBOT_DEBUG}: put over the file, and under flags
 * @param configFile {@code TBOT_CONFIG_PATH}: the configuration file, or empty
 * @param useProxyAddress {@code TBOT_USE_PROXY_ADDR}: use the configured proxy address everywhere,
 *     instead of the one that the proxy names
 * @param podNamespace {@code POD_NAMESPACE}: where secrets go that name no namespace, or empty
 * @param kubeconfig {@code KUBECONFIG}: how to reach the cluster of secrets, or empty
 */
public record BotEnvironment(
    ConfigOverrides overrides,
    Optional<Path> configFile,
    boolean useProxyAddress,
    Optional<String> podNamespace,
    Optional<Path> kubeconfig) {

  private static final List<String> TRUE = List.of("1", "t", "true", "y", "yes", "on");
  private static final List<String> FALSE = List.of("0", "f", "false", "n", "no", "off");

  /**
   * Checks.
   *
   * @param overrides component {@code overrides}
   * @param configFile component {@code configFile}
   * @param useProxyAddress component {@code useProxyAddress}
   * @param podNamespace component {@code podNamespace}
   * @param kubeconfig component {@code kubeconfig}
   */
  public BotEnvironment {
    Objects.requireNonNull(overrides, "overrides");
    Objects.requireNonNull(configFile, "configFile");
    Objects.requireNonNull(podNamespace, "podNamespace");
    Objects.requireNonNull(kubeconfig, "kubeconfig");
  }

  /**
   * Reads the variables. One that is empty counts as unset.
   *
   * @param variables such as {@link System#getenv()}
   * @return what they say
   * @throws ConfigException when one says what it may not; the message names it
   */
  public static BotEnvironment of(Map<String, String> variables) {
    ConfigOverrides.Builder overrides = ConfigOverrides.builder();
    take(overrides, variables, "TELEPORT_PROXY", Setting.PROXY_SERVER);
    take(overrides, variables, "TELEPORT_AUTH_SERVER", Setting.AUTH_SERVER);
    take(overrides, variables, "TELEPORT_BOT_TOKEN", Setting.TOKEN);
    if (flag(variables, "TBOT_DEBUG")) {
      overrides.setFrom(origin("TBOT_DEBUG"), Setting.DEBUG, "true");
    }
    return new BotEnvironment(
        overrides.build(),
        path(variables, "TBOT_CONFIG_PATH"),
        flag(variables, "TBOT_USE_PROXY_ADDR"),
        value(variables, "POD_NAMESPACE"),
        path(variables, "KUBECONFIG"));
  }

  private static String origin(String variable) {
    return "environment variable " + variable;
  }

  private static Optional<String> value(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).filter(text -> !text.isBlank());
  }

  private static void take(
      ConfigOverrides.Builder into, Map<String, String> variables, String name, Setting setting) {
    value(variables, name).ifPresent(text -> into.setFrom(origin(name), setting, text));
  }

  private static Optional<Path> path(Map<String, String> variables, String name) {
    try {
      return value(variables, name).map(Path::of);
    } catch (IllegalArgumentException e) {
      throw Mark.of(origin(name)).error("is no path: " + e.getMessage());
    }
  }

  private static boolean flag(Map<String, String> variables, String name) {
    String text = value(variables, name).orElse("false").strip().toLowerCase(Locale.ROOT);
    if (!TRUE.contains(text) && !FALSE.contains(text)) {
      throw Mark.of(origin(name))
          .error("must be true or false, is `" + Values.printable(text) + "`");
    }
    return TRUE.contains(text);
  }
}
