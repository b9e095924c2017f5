package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BotEnvironmentTest {

  private static final String FILE =
      "version: v2\nproxy_server: file:1\nonboarding: {join_method: token, token: abc}\n";

  @Test
  void of_noneOrEmptyVariables_saysNothing() {
    BotEnvironment environment =
        BotEnvironment.of(Map.of("TELEPORT_PROXY", "", "TBOT_DEBUG", " ", "HOME", "/root"));

    assertThat(environment.configFile()).isEmpty();
    assertThat(environment.podNamespace()).isEmpty();
    assertThat(environment.kubeconfig()).isEmpty();
    assertThat(environment.useProxyAddress()).isFalse();
    assertThat(environment.overrides().parse(FILE, "tbot.yaml"))
        .isEqualTo(ConfigOverrides.none().parse(FILE, "x"));
  }

  @Test
  void of_everyVariable_isTaken() {
    BotEnvironment environment =
        BotEnvironment.of(
            Map.of(
                "TELEPORT_PROXY", "variable:2",
                "TBOT_DEBUG", "1",
                "TBOT_CONFIG_PATH", "/etc/tbot.yaml",
                "TBOT_USE_PROXY_ADDR", "YES",
                "POD_NAMESPACE", "bots",
                "KUBECONFIG", "/k"));

    LoadedConfig loaded = environment.overrides().parse(FILE, "tbot.yaml");
    assertThat(loaded.config().server().address()).isEqualTo("variable:2");
    assertThat(loaded.config().debug()).isTrue();
    assertThat(loaded.notices())
        .containsExactly(
            "environment variable TELEPORT_PROXY replaces `proxy_server` of tbot.yaml:2:1");
    assertThat(environment.configFile()).contains(Path.of("/etc/tbot.yaml"));
    assertThat(environment.useProxyAddress()).isTrue();
    assertThat(environment.podNamespace()).contains("bots");
    assertThat(environment.kubeconfig()).contains(Path.of("/k"));
  }

  @Test
  void parse_variableIsWrong_isNamed() {
    ConfigOverrides token =
        BotEnvironment.of(Map.of("TELEPORT_BOT_TOKEN", "very-secret")).overrides();
    assertThatThrownBy(() -> token.parse(FILE, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "environment variable TELEPORT_BOT_TOKEN: stands for all of `onboarding`")
        .message()
        .doesNotContain("very-secret");
    assertThat(token.toString()).doesNotContain("very-secret");

    ConfigOverrides auth = BotEnvironment.of(Map.of("TELEPORT_AUTH_SERVER", "x")).overrides();
    assertThatThrownBy(() -> auth.parse(FILE, "tbot.yaml"))
        .hasMessageStartingWith(
            "environment variable TELEPORT_AUTH_SERVER: `auth_server` must be host:port");
  }

  @ParameterizedTest
  @CsvSource({"TBOT_DEBUG,maybe", "TBOT_USE_PROXY_ADDR,2"})
  void of_noBoolean_isRefused(String name, String value) {
    assertThatThrownBy(() -> BotEnvironment.of(Map.of(name, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessage("environment variable %s: must be true or false, is `%s`", name, value);
  }
}
