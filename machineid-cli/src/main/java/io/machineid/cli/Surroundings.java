package io.machineid.cli;

import java.util.Map;

/**
 * What a command takes from outside.
 *
 * @param environment the environment variables
 * @param stop ends commands that run until they are told to end
 */
record Surroundings(Map<String, String> environment, Stop stop) {

  Surroundings {
    environment = Map.copyOf(environment);
  }
}
