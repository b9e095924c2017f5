package io.machineid.testkit.internal.state;

import io.machineid.testkit.RecordedBotInstance;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The instances of all bots. Not thread-safe. */
final class Instances {

  private final InstantSource clock;
  private final Map<String, RecordedBotInstance> byId = new LinkedHashMap<>();

  Instances(InstantSource clock) {
    this.clock = clock;
  }

  /** All of one bot, oldest first. */
  List<RecordedBotInstance> of(String botName) {
    return byId.values().stream().filter(each -> each.botName().equals(botName)).toList();
  }

  /** By its name; empty where it is not one of that bot. */
  Optional<RecordedBotInstance> find(String id, String botName) {
    return Optional.ofNullable(byId.get(id)).filter(each -> each.botName().equals(botName));
  }

  /**
   * One more.
   *
   * @param id its name, or empty for any
   * @param previous which it goes on for
   */
  RecordedBotInstance begin(
      String botName, String joinMethod, Optional<String> id, Optional<String> previous) {
    Instant now = clock.instant();
    RecordedBotInstance begun =
        new RecordedBotInstance(
            id.orElseGet(() -> UUID.randomUUID().toString()),
            previous,
            botName,
            joinMethod,
            1,
            1,
            now,
            now);
    byId.put(begun.id(), begun);
    return begun;
  }

  /** It has joined again, as itself. */
  RecordedBotInstance joinedAgain(RecordedBotInstance instance, String joinMethod) {
    return seen(instance, joinMethod, instance.joins() + 1);
  }

  /** It has renewed its certificate. */
  RecordedBotInstance renewed(RecordedBotInstance instance) {
    return seen(instance, instance.joinMethod(), instance.joins());
  }

  private RecordedBotInstance seen(RecordedBotInstance instance, String joinMethod, int joins) {
    RecordedBotInstance next =
        new RecordedBotInstance(
            instance.id(),
            instance.previousId(),
            instance.botName(),
            joinMethod,
            joins,
            instance.generation() + 1,
            instance.firstSeen(),
            clock.instant());
    byId.put(next.id(), next);
    return next;
  }

  /** The bot is gone, and they with it. */
  void forget(String botName) {
    byId.values().removeIf(each -> each.botName().equals(botName));
  }
}
