package io.machineid.cli;

import java.util.Map;

/**
 * What a command takes from outside.
 *
 * @param environment the environment variables
 * @param stop ends commands that run until they are told to end
 * @param reload makes them renew now
 * @param signals called by a command that wants the process's signals to reach the two
 */
record Surroundings(Map<String, String> environment, Stop stop, Reload reload, Runnable signals) {

  Surroundings {
    environment = Map.copyOf(environment);
  }

  /** Surroundings without signals. */
  Surroundings(Map<String, String> environment, Stop stop) {
    this(environment, stop, new Reload(), () -> {});
  }
}
