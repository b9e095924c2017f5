package io.machineid.config;

import java.util.function.Function;

/**
 * A line of the table of keys.
 *
 * @param place a file with a line {@code @} where the key goes
 * @param key the key
 * @param get what the key decides
 * @param byDefault what counts without it
 * @param given a value, as the file writes it
 * @param expected what that value means
 * @param wrong a wrong value
 * @param error what is said about the wrong value
 */
record KeyRow(
    String place,
    String key,
    Function<BotConfig, Object> get,
    Object byDefault,
    String given,
    Object expected,
    String wrong,
    String error) {

  static String without(String place) {
    return place.replaceFirst("(?m)^ *@\n", "");
  }

  static String with(String place, String line) {
    return place.replace("@", line);
  }

  String without() {
    return without(place);
  }

  String with(String value) {
    return with(place, key + ": " + value);
  }

  long line() {
    return 1 + place.substring(0, place.indexOf('@')).chars().filter(c -> c == '\n').count();
  }

  Object value(String yaml) {
    return get.apply(BotConfig.parse(yaml, "tbot.yaml"));
  }

  @Override
  public String toString() {
    return key + ": " + given;
  }
}
