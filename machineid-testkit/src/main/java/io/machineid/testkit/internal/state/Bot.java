package io.machineid.testkit.internal.state;

import io.machineid.testkit.internal.role.Role;
import io.machineid.testkit.internal.role.Role.Conditions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A bot as the cluster knows it.
 *
 * @param name its name
 * @param roles what it may ask output certificates for
 * @param generation how often it got a renewable certificate; zero before it joined
 * @param instanceId the process that joined; empty before it did
 */
public record Bot(String name, List<String> roles, long generation, String instanceId) {

  private static final Duration MAX_SESSION_TTL = Duration.ofHours(12);

  /** Copies. */
  public Bot {
    roles = List.copyOf(roles);
  }

  /** The name of the user, and of the role, that the cluster makes for a bot. */
  public static String userOf(String botName) {
    return "bot-" + botName.replace(' ', '-');
  }

  /** Its user. */
  public String user() {
    return userOf(name);
  }

  /** The role that only it has. */
  public Role role() {
    return new Role(
        user(),
        "v7",
        MAX_SESSION_TTL,
        new Conditions(Map.of(), List.of(), List.of(), List.of(), roles),
        Conditions.none());
  }

  Bot withRoles(List<String> newRoles) {
    return new Bot(name, newRoles, generation, instanceId);
  }

  /** The same, as another process of it. */
  public Bot withInstance(String newInstanceId) {
    return new Bot(name, roles, generation, newInstanceId);
  }

  Bot withGeneration(long newGeneration) {
    return new Bot(name, roles, newGeneration, instanceId);
  }
}
