package io.machineid.join;

import io.machineid.JoinException;
import java.net.ProxySelector;
import java.util.Map;
import java.util.Optional;

/**
 * Where a bot runs, as its join method sees it.
 *
 * @param method the join method, for messages
 * @param environment the variables
 * @param proxies the HTTP proxies
 */
record Surroundings(String method, Map<String, String> environment, ProxySelector proxies) {

  /** A variable that is set, and not to nothing. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * A variable that must be there.
   *
   * @param advice who sets it and when, as a sentence
   * @throws JoinException when it is not
   */
  String required(String name, String advice) {
    return variable(name)
        .orElseThrow(
            () ->
                Evidence.lasting(
                    method, "the environment variable %s is not set. %s".formatted(name, advice)));
  }

  /** Without values: they are secrets. */
  @Override
  public String toString() {
    return "Surroundings[" + method + "]";
  }
}
