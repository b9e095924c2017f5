package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import io.machineid.MachineIdException.Reason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One valid file, one change to it at a time, and what the error must say. */
class BotConfigErrorsTest {

  private static final String VALID =
      """
      version: v2
      proxy_server: teleport.example.com:443
      onboarding:
        join_method: token
        token: abc
      storage:
        type: memory
      oneshot: true
      outputs:
        - type: kubernetes
          kubernetes_cluster: one
          destination:
            type: directory
            path: /opt/one
      """;

  static Stream<Arguments> wrongFiles() {
    return Stream.of(
        wrong(
            "oneshot: true",
            "certificate_ttl: 10s",
            ":8:18: `certificate_ttl` must be at least 1m"),
        // keys
        wrong(
            "oneshot: true",
            "one_shot: true",
            ":8:1: unknown key `one_shot` at the top level; did you mean `oneshot`?"),
        wrong(
            "  token: abc",
            "  token: abc\n  nosuch: 1",
            ":6:3: unknown key `nosuch` in onboarding. Allowed: join_method, token, ca_pins, ca_path"),
        wrong("type: memory", "type: memory\n  path: /x", ":8:3: unknown key `path` in storage"),
        wrong(
            "path: /opt/one",
            "path: /opt/one\n      mode: 7",
            "unknown key `mode` in outputs[0].destination"),
        wrong(
            "oneshot: true",
            "oneshot: true\noneshot: false",
            ":9:1: key `oneshot` is given twice, first in line 8"),
        // version
        wrong("version: v2\n", "", ":1:1: `version` is missing"),
        wrong(
            "version: v2",
            "version: v1",
            ":1:10: this is a version 1 configuration; convert it with `tbot migrate"),
        wrong("version: v2", "version: v9", ":1:10: `version` must be `v2`"),
        // address
        wrong(
            "proxy_server: teleport.example.com:443\n",
            "",
            "neither `proxy_server` nor `auth_server` is given"),
        wrong(
            "oneshot: true",
            "auth_server: a:3025",
            ":8:14: both `proxy_server` and `auth_server` are given"),
        wrong(
            "teleport.example.com:443",
            "https://teleport.example.com",
            ":2:15: `proxy_server` must be host:port"),
        wrong(
            "teleport.example.com:443",
            "teleport.example.com",
            ":2:15: `proxy_server` must be host:port"),
        wrong(
            "teleport.example.com:443",
            "teleport.example.com:99999",
            ":2:15: `proxy_server` must be host:port"),
        wrong(
            "teleport.example.com:443", "[a, b]", ":2:15: `proxy_server` must be text, is a list"),
        // onboarding
        wrong(
            "  token: abc\n",
            "",
            ":4:3: `onboarding.token` is missing, and memory storage holds no identity"),
        wrong("token: abc", "token: ''", "`onboarding.token` is missing"),
        wrong("token: abc", "token:", "`onboarding.token` is missing"),
        wrong("  join_method: token\n", "", "`onboarding.join_method` is missing"),
        wrong(
            "token: abc",
            "token: abc\n  ca_pins: [sha256:12]",
            ":6:13: `onboarding.ca_pins[0]` must be `sha256:` and 64 hexadecimal digits"),
        wrong(
            "token: abc",
            "token: abc\n  ca_pins: sha256:12",
            "`onboarding.ca_pins` must be a list, is text"),
        wrong(
            "token: abc",
            "token: abc\n  ca_path: /a\n  ca_pins: ['sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef']",
            "both `ca_pins` and `ca_path` are given"),
        wrong("oneshot: true", "insecure: true\nauth: 1", "unknown key `auth`"),
        wrong(
            "  token: abc\n",
            "  token: abc\n  ca_path: /a\ninsecure: true\n",
            "`ca_path` contradicts `insecure: true`"),
        wrong("onboarding:\n  join_method: token\n  token: abc\n", "", "`onboarding` is missing"),
        wrong(
            "onboarding:\n  join_method: token\n  token: abc\n",
            "onboarding: token\n",
            ":3:13: `onboarding` must be a map of keys and values, is text"),
        // scalars
        wrong(
            "oneshot: true",
            "oneshot: [true]",
            ":8:10: `oneshot` must be true or false, is a list"),
        wrong(
            "oneshot: true", "oneshot: 'true'", ":8:10: `oneshot` must be true or false, is text"),
        wrong(
            "oneshot: true",
            "certificate_ttl: sixty",
            ":8:18: `certificate_ttl` must be a positive duration with units, such as 20m"),
        wrong(
            "oneshot: true",
            "renewal_interval: 20",
            ":8:19: `renewal_interval` must be a positive duration"),
        wrong(
            "oneshot: true",
            "renewal_interval: -1m",
            ":8:19: `renewal_interval` must be a positive duration"),
        // what this version does not serve
        wrong(
            "oneshot: true",
            "destinations: []",
            "`destinations` at the top level is a key of version 1"),
        // outputs
        wrong(
            "    kubernetes_cluster: one\n",
            "",
            ":10:5: `outputs[0].kubernetes_cluster` is missing"),
        wrong(
            "cluster: one",
            "cluster: {a: b}",
            ":11:25: `outputs[0].kubernetes_cluster` must be text, is a map"),
        wrong(
            "cluster: one",
            "cluster: one\n    roles: reader",
            ":12:12: `outputs[0].roles` must be a list, is text"),
        wrong(
            "cluster: one",
            "cluster: one\n    roles: [a, ]\n    disable_exec_plugin: 1",
            "`outputs[0].disable_exec_plugin` must be true or false, is a number"),
        wrong(
            "cluster: one",
            "cluster: one\n    roles: [a, '']",
            ":12:16: `outputs[0].roles[1]` must not be empty"),
        wrong(
            "    destination:\n      type: directory\n      path: /opt/one\n",
            "",
            ":10:5: `outputs[0].destination` is missing"),
        wrong("      path: /opt/one\n", "", ":13:7: `outputs[0].destination.path` is missing"),
        wrong(
            "type: directory\n      path: /opt/one",
            "type: memory",
            "`outputs[0]` needs a directory, where the exec plugin finds its files"),
        wrong("type: memory", "path: /x", ":7:3: `storage.type` is missing"),
        wrong(
            "type: memory",
            "type: directory\n  path: /opt/./one",
            "`outputs[0]` and `storage` have the same directory"),
        wrong(
            "path: /opt/one\n",
            "path: /opt/one\n  - type: kubernetes\n    kubernetes_cluster: two\n    destination: {type: directory, path: /opt/two/../one/}\n",
            ":17:42: `outputs[1]` and `outputs[0]` have the same directory"),
        wrong(
            "outputs:\n",
            "outputs:\n  - text\n",
            ":10:5: `outputs[0]` must be a map of keys and values, is text"));
  }

  private static Arguments wrong(String part, String replacement, String message) {
    assertThat(VALID).contains(part);
    int at = VALID.indexOf(part);
    String yaml = VALID.substring(0, at) + replacement + VALID.substring(at + part.length());
    return Arguments.of(yaml, message);
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void parse_wrongFile_namesPlaceKeyAndCure(String yaml, String message) {
    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .isInstanceOfSatisfying(
            ConfigException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
        .hasMessageStartingWith("tbot.yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void parse_theFileThatIsChanged_isValid() {
    assertThat(BotConfig.parse(VALID, "tbot.yaml").outputs()).hasSize(1);
  }
}
