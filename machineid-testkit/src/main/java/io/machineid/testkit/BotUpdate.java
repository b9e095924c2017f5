package io.machineid.testkit;

import io.machineid.testkit.internal.state.Bots;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A change to a bot, as {@code tctl bots update} makes it; effective at once. Thread-safe. */
public final class BotUpdate {

  private final Bots bots;
  private final String name;

  BotUpdate(Bots bots, String name) {
    this.bots = bots;
    this.name = name;
  }

  /**
   * Lets the bot ask for certificates with more roles.
   *
   * @param roles names of roles; those that it has already change nothing
   * @return this, for more changes
   */
  public BotUpdate addRoles(String... roles) {
    bots.changeRoles(
        name,
        before -> {
          Set<String> after = new LinkedHashSet<>(before);
          after.addAll(List.of(roles));
          return List.copyOf(after);
        });
    return this;
  }

  /**
   * Takes roles from the bot. Certificates that it has already are not changed by that.
   *
   * @param roles names of roles; those that it does not have change nothing
   * @return this, for more changes
   */
  public BotUpdate removeRoles(String... roles) {
    bots.changeRoles(
        name, before -> before.stream().filter(role -> !List.of(roles).contains(role)).toList());
    return this;
  }
}
