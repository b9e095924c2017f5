package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the file holds: a typed error with a place, soon, without the file's text in it. */
class HostileYamlTest {

  static Stream<Arguments> hostile() {
    return Stream.of(
        Arguments.of("", ":1:1: the file is empty"),
        Arguments.of("# only a comment\n", "the file is empty"),
        Arguments.of("just text", "the file must be a map"),
        Arguments.of("[1, 2]", "the file must be a map"),
        Arguments.of("version: v2\n---\nversion: v2\n", ":3:1: a second document"),
        Arguments.of("version: !!timestamp v2", "tags are not used here"),
        Arguments.of("version: !custom v2", "YAML tags are not used here"),
        Arguments.of("version: *nosuch", "alias `*nosuch` has no anchor"),
        Arguments.of("a: &x [*x]", "alias `*x` has no anchor"),
        Arguments.of("<<: 5", "`<<` merges maps only"),
        Arguments.of("version: v2\n  token: x\n", "not YAML"),
        Arguments.of("\tversion: v2", "not YAML"),
        Arguments.of("version: 'v2", "not YAML"),
        Arguments.of("? [complex]\n: v2\n", "not YAML"),
        Arguments.of("version: \u0000", "not YAML"),
        Arguments.of("a: " + "[".repeat(200) + "]".repeat(200), "nested more than 32 levels deep"),
        Arguments.of("a: " + "[".repeat(100_000), "nested more than 32 levels deep"),
        Arguments.of("- ".repeat(100_000) + "x", "nested more than 32 levels deep"),
        Arguments.of("a:\n" + "- x\n".repeat(150_000), "more than 100000 values"),
        Arguments.of("version: v2\n" + "#".repeat(1 << 20), "larger than 1 MiB"),
        Arguments.of(mergeBomb(), "more than 100000 values"),
        // duplicates, however they are written
        Arguments.of("version: v2\n\"version\": v2\n", ":2:1: key `version` is given twice"),
        Arguments.of("version: v2\n'version': v2\n", "key `version` is given twice"),
        Arguments.of(
            "{version: v2, onboarding: {token: a, token: b}}", "key `token` is given twice"),
        Arguments.of(VALID + "outputs:\n- {type: identity, type: database}\n", "given twice"),
        // keys that are none
        Arguments.of(VALID + "1: 2\n", ":4:1: unknown key `1` at the top level"),
        Arguments.of(VALID + "'': 2\n", "unknown key `` at the top level"),
        Arguments.of(VALID + "null: 2\n", "unknown key"),
        Arguments.of(VALID + "\"a\\nb\\e[31m\": 2\n", "unknown key `a?b?[31m`"),
        Arguments.of(VALID + "k".repeat(1000) + ": 2\n", "unknown key `" + "k".repeat(60) + "…`"),
        Arguments.of(VALID + "k".repeat(2000) + ": 2\n", "not YAML"),
        // tags, wherever
        Arguments.of("!!map {version: v2}", "YAML tags are not used here"),
        Arguments.of(VALID + "outputs: !!seq []\n", "YAML tags are not used here"),
        Arguments.of(VALID + "debug: !!bool true\n", "YAML tags are not used here"),
        Arguments.of(VALID + "diag_addr: !!binary aGk=\n", "YAML tags are not used here"),
        Arguments.of(VALID + "services: [!<tag:x,2000:y> {}]\n", "YAML tags are not used here"),
        // aliases, anchors, merge keys
        Arguments.of("&a {version: v2, x: *a}", "alias `*a` has no anchor"),
        Arguments.of("version: v2\n<<: *a\nb: &a {}\n", "alias `*a` has no anchor"),
        Arguments.of("version: v2\n<<: [{a: 1}, 2]\n", "`<<` merges maps only, this is a number"),
        Arguments.of("version: v2\n<<: {destinations: [a]}\n", "`destinations` at the top level"),
        Arguments.of(
            VALID
                + "outputs:\n- &o {type: identity, destination: {type: directory, path: /a}}\n- *o\n",
            "`outputs[1]` and `outputs[0]` have the same directory"),
        // depth and width
        Arguments.of("a: " + "{b: ".repeat(50) + "}".repeat(50), "nested more than 32 levels deep"),
        Arguments.of("? ".repeat(100) + "a", "not YAML"),
        Arguments.of(
            VALID + "outputs:\n" + "- {}\n".repeat(60_000), "`outputs[0].type` is missing"),
        Arguments.of("a: [" + "[],".repeat(120_000) + "]", "more than 100000 values"),
        // values that are too large for what they are
        Arguments.of(
            VALID + "renewal_interval: " + "9".repeat(100_000) + "h\n",
            "`renewal_interval` must be a positive duration"),
        Arguments.of(VALID + "debug: " + "y".repeat(100_000) + "\n", "must be true or false"),
        Arguments.of(VALID + "diag_addr: a:" + "9".repeat(100) + "\n", "`diag_addr` must be"),
        Arguments.of(
            VALID + "storage: {type: " + "d".repeat(100_000) + "}\n",
            "`storage.type` is `" + "d".repeat(60) + "…`"),
        Arguments.of(
            VALID + "storage: {type: directory, path: \"a\\0b\"}\n", "`storage.path` is no path"),
        // what other readers take for the beginning of something else
        Arguments.of("%YAML 9.9\n---\nversion: v2\n", "not YAML"),
        Arguments.of(VALID + "...\nmore: 1\n", "not YAML"),
        Arguments.of(VALID + "...\n---\n", "a second document"),
        Arguments.of("{\"version\": \"v2\",}x", "tbot.yaml"),
        Arguments.of("version: v2\r\u0007", "not YAML"));
  }

  private static final String VALID =
      "version: v2\nproxy_server: a:1\nonboarding: {join_method: token, token: t}\n";

  private static String mergeBomb() {
    StringBuilder yaml = new StringBuilder("base: &b\n");
    for (int i = 0; i < 1000; i++) {
      yaml.append("  k").append(i).append(": 1\n");
    }
    return yaml.append("all:\n").append("- {<<: *b}\n".repeat(200)).toString();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void parse_hostileText_failsWithATypedError(String yaml, String message) {
    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("tbot.yaml")
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }

  @Test
  void parse_aliasBomb_isNotUnfolded() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 20; i++) {
      String before = "*a" + (i - 1);
      yaml.append("a").append(i).append(": &a").append(i).append(" [");
      yaml.append((before + ",").repeat(8)).append(before).append("]\n");
    }

    assertThatThrownBy(() -> BotConfig.parse(yaml.toString(), "tbot.yaml"))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void parse_syntaxErrorNextToASecret_doesNotShowIt() {
    String yaml = "version: v2\nonboarding:\n  token: very-secret\n bad: [\n";

    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("tbot.yaml:4:")
        .satisfies(HostileYamlTest::hasNoSecret);
  }

  private static void hasNoSecret(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      assertThat(e.toString()).doesNotContain("very-secret");
    }
  }

  @Test
  void load_notUtf8_namesLineAndColumn(@TempDir Path dir) throws Exception {
    byte[] bytes = "version: v2\nproxy_server: caf?.example:443\n".getBytes(StandardCharsets.UTF_8);
    bytes[29] = (byte) 0xe9;
    Path file = Files.write(dir.resolve("tbot.yaml"), bytes);

    assertThatThrownBy(() -> BotConfig.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file + ":2:18: not UTF-8; save the file as UTF-8");
  }

  @Test
  void parse_controlCharacter_isPlaced() {
    assertThatThrownBy(() -> BotConfig.parse("version: v2\n\tx: caf\u0007\n", "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("tbot.yaml:2:8: not YAML: the control character U+0007 is not allowed");
  }

  @Test
  void load_fileTooLarge_isRefusedUnread(@TempDir Path dir) throws Exception {
    Path file = Files.write(dir.resolve("tbot.yaml"), new byte[(1 << 20) + 1]);

    assertThatThrownBy(() -> BotConfig.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("larger than 1 MiB");
  }

  @Test
  void load_missingFileOrDirectory_isNamed(@TempDir Path dir) {
    assertThatThrownBy(() -> BotConfig.load(dir.resolve("none.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(dir.resolve("none.yaml") + ": there is no such file");
    assertThatThrownBy(() -> BotConfig.load(dir))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void parse_randomChanges_neverEscapeTheTypedError() {
    String valid =
        "version: v2\nproxy_server: a:1\nonboarding: {join_method: token, token: t}\n"
            + "outputs:\n- type: kubernetes\n  kubernetes_cluster: c\n"
            + "  destination: {type: directory, path: /x}\n";
    String alphabet = "{}[]:,-&*!|>'\"%@`#?\n\t \u0000\u0085\uD83Dab1~<";
    Random random = new Random(20260801);
    for (int round = 0; round < 3000; round++) {
      StringBuilder yaml = new StringBuilder(valid);
      for (int change = random.nextInt(4); change >= 0; change--) {
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        int at = random.nextInt(yaml.length());
        if (random.nextBoolean()) {
          yaml.insert(at, c);
        } else {
          yaml.setCharAt(at, c);
        }
      }
      try {
        BotConfig config = BotConfig.parse(yaml.toString(), "tbot.yaml");
        assertThat(BotConfig.parse(config.toYaml(), "again")).isEqualTo(config);
      } catch (ConfigException e) {
        assertThat(e).hasMessageStartingWith("tbot.yaml");
      }
    }
  }

  @Test
  void parse_longWordsAndManyOutputs_areReadOrRefused() {
    StringBuilder yaml = new StringBuilder(VALID).append("outputs:\n");
    for (int i = 0; i < 3000; i++) {
      yaml.append("- {type: identity, destination: {type: directory, path: /")
          .append(i)
          .append("}}\n");
    }
    assertThat(BotConfig.parse(yaml.toString(), "tbot.yaml").outputs()).hasSize(3000);

    String words = VALID + "storage: {type: " + "kubernetes_secre".repeat(20_000) + "}\n";
    assertThatThrownBy(() -> BotConfig.parse(words, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("allowed: directory, memory, kubernetes_secret");
  }
}
