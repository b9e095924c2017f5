package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.ConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for any configuration; a failure names the seed that brings it back. */
class ConfigPropertiesTest {

  private static final int CONFIGS = 1500;
  private static final int DAMAGED = 4000;

  @Test
  void toYaml_anyConfiguration_isReadBackEqual() {
    Set<String> kinds = new HashSet<>();
    for (long seed = 0; seed < CONFIGS; seed++) {
      BotConfig config = new ConfigGenerator(seed).config();
      kinds.add(config.onboarding().join().name());
      config.outputs().forEach(output -> kinds.add(output.type()));
      assertThat(BotConfig.parse(config.toYaml(), "seed " + seed))
          .as("seed %d", seed)
          .isEqualTo(config);
    }
    assertThat(kinds).containsAll(JoinKeys.methods()).containsAll(OutputKeys.TYPES);
  }

  @Test
  void toYaml_ofWhatWasRead_isTheSameText() {
    for (long seed = 0; seed < CONFIGS; seed++) {
      String yaml = new ConfigGenerator(seed).config().toYaml();
      assertThat(BotConfig.parse(yaml, "seed " + seed).toYaml())
          .as("seed %d", seed)
          .isEqualTo(yaml);
    }
  }

  @Test
  void toString_anyConfiguration_hasNoToken() {
    String secret = "c0ffee-very-secret";
    String yaml = "version: v2\nproxy_server: a:1\nonboarding: {join_method: %s, token: %s%s}\n";
    for (String method : List.of("token", "bound_keypair")) {
      String more =
          method.equals("token") ? "" : ", bound_keypair: {registration_secret: " + secret + "}";
      BotConfig config = BotConfig.parse(yaml.formatted(method, secret, more), "tbot.yaml");
      assertThat(config.toString()).doesNotContain(secret);
      assertThat(config.toYaml()).contains(secret);
    }
  }

  /**
   * Lines are removed, doubled, moved, indented, and cut: an error has a place, or it is a file.
   */
  @Test
  void parse_damagedFile_isReadOrRefusedWithAPlace() {
    int refused = 0;
    for (long seed = 0; seed < DAMAGED; seed++) {
      String yaml = damaged(new ConfigGenerator(seed % 200).config().toYaml(), new Random(seed));
      try {
        BotConfig config = BotConfig.parse(yaml, "tbot.yaml");
        assertThat(BotConfig.parse(config.toYaml(), "again")).as("seed %d", seed).isEqualTo(config);
      } catch (ConfigException e) {
        refused++;
        assertThat(e).as("seed %d", seed).hasMessageMatching("(?s)tbot\\.yaml:\\d+:\\d+: .{5,}");
        assertThat(e.getMessage().lines()).as("seed %d", seed).hasSize(1);
      }
    }
    assertThat(refused).isBetween(DAMAGED / 10, DAMAGED - 1);
  }

  private static String damaged(String yaml, Random random) {
    List<String> lines = new ArrayList<>(yaml.lines().toList());
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      switch (random.nextInt(5)) {
        case 0 -> lines.set(at, "");
        case 1 -> lines.add(at, line);
        case 2 -> lines.add(random.nextInt(lines.size()), line);
        case 3 -> lines.set(at, "  " + line);
        default -> lines.set(at, line.substring(0, random.nextInt(line.length() + 1)));
      }
    }
    return String.join("\n", lines) + "\n";
  }
}
