package io.machineid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.machineid.ConfigException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key: what counts without it, that a value is taken, and what a wrong value is told. */
class KeyTableTest {

  static List<KeyRow> rows() {
    return KeyTable.ROWS;
  }

  static Set<String> places() {
    return KeyTable.OTHERS.keySet();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void key_absentOrWithoutValue_hasItsDefault(KeyRow row) {
    assertThat(row.value(row.without())).isEqualTo(row.byDefault());
    assertThat(row.value(row.with(""))).isEqualTo(row.byDefault());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void key_given_isTakenAndWritten(KeyRow row) {
    BotConfig config = BotConfig.parse(row.with(row.given()), "tbot.yaml");

    assertThat(row.get().apply(config)).isEqualTo(row.expected()).isNotEqualTo(row.byDefault());
    assertThat(BotConfig.parse(config.toYaml(), "written")).isEqualTo(config);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void key_wrongValue_isToldPlaceKeyFoundAndAllowed(KeyRow row) {
    assertThatThrownBy(() -> BotConfig.parse(row.with(row.wrong()), "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("tbot.yaml:" + row.line() + ":")
        .hasMessageContaining(row.error());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void key_misspelled_isOfferedRight(KeyRow row) {
    String misspelled = row.key().substring(0, 3) + "x" + row.key().substring(3);
    String yaml = KeyRow.with(row.place(), misspelled + ": " + row.given());

    assertThatThrownBy(() -> BotConfig.parse(yaml, "tbot.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("tbot.yaml:" + row.line() + ":")
        .hasMessageContaining("unknown key `" + misspelled + "`")
        .hasMessageContaining("; did you mean `" + row.key() + "`? Allowed: ");
  }

  /** A key that is allowed somewhere is in the table, or its own test is somewhere else. */
  @ParameterizedTest
  @MethodSource("places")
  void table_everyAllowedKey_isThere(String place) {
    String yaml = KeyRow.with(place, "nosuchthing: 1");
    ConfigException error =
        catchThrowableOfType(ConfigException.class, () -> BotConfig.parse(yaml, "tbot.yaml"));
    String message = error.getMessage();
    String allowed = message.substring(message.indexOf("Allowed: ") + "Allowed: ".length());

    Set<String> inTable = new TreeSet<>(KeyTable.OTHERS.get(place));
    KeyTable.ROWS.stream()
        .filter(row -> row.place().equals(place))
        .forEach(row -> inTable.add(row.key()));
    assertThat(inTable).isEqualTo(new TreeSet<>(Arrays.asList(allowed.split(", "))));
  }
}
