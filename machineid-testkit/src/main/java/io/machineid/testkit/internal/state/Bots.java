package io.machineid.testkit.internal.state;

import io.machineid.testkit.RecordedBotInstance;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Bots, their tokens, generations and locks. Each method is one step that nobody sees half done.
 * Thread-safe.
 */
public final class Bots {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 16;

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Bot> byUser = new HashMap<>();
  private final Map<String, Token> tokens = new HashMap<>();
  private final Map<String, String> lockedUsers = new HashMap<>();
  private final boolean keepsInstances;
  private final Instances instances;

  /**
   * None yet.
   *
   * @param keepsInstances whether each process of a bot is counted by itself
   */
  public Bots(InstantSource clock, boolean keepsInstances) {
    this.clock = clock;
    this.keepsInstances = keepsInstances;
    this.instances = new Instances(clock);
  }

  /** The instances of a bot, oldest first; none where none are kept. */
  public List<RecordedBotInstance> instances(String botName) {
    return step(() -> instances.of(require(botName).name()));
  }

  private record Token(String botName, Instant expires) {}

  /** Makes a bot that has not joined. */
  public void add(String name, List<String> roles) {
    step(
        () -> {
          Bot bot = new Bot(name, roles, 0, "");
          if (byUser.putIfAbsent(bot.user(), bot) != null) {
            throw new IllegalArgumentException("there is a bot " + name + " already");
          }
          return bot;
        });
  }

  /** Changes the roles of a bot. */
  public void changeRoles(String name, UnaryOperator<List<String>> change) {
    step(
        () -> {
          Bot bot = require(name);
          return byUser.put(bot.user(), bot.withRoles(change.apply(bot.roles())));
        });
  }

  /** Removes a bot; its tokens stay and are good for nothing. */
  public void delete(String name) {
    step(
        () -> {
          Bot bot = require(name);
          lockedUsers.remove(bot.user());
          instances.forget(bot.name());
          return byUser.remove(bot.user());
        });
  }

  /** By name. */
  public Bot get(String name) {
    return step(() -> require(name));
  }

  /** By the name of its user. */
  public Optional<Bot> ofUser(String user) {
    return step(() -> Optional.ofNullable(byUser.get(user)));
  }

  /** A token that can be used once. */
  public String newToken(String botName, Duration ttl) {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    step(
        () -> {
          require(botName);
          return tokens.put(token, new Token(botName, clock.instant().plus(ttl)));
        });
    return token;
  }

  /** Makes a token of this value, that can be used once. */
  public void putToken(String value, String botName, Instant expires) {
    step(() -> tokens.put(value, new Token(botName, expires)));
  }

  /** Takes a token away, where there is one. */
  public void removeToken(String value) {
    step(() -> tokens.remove(value));
  }

  /**
   * Lets a bot in that has proved who it is. What it gets is not renewable.
   *
   * @param method the join method
   * @param presented the instance of the certificate that it came with; empty for none
   * @return the bot, as the instance that it was, or as a new one
   * @throws Refusal where there is no such bot; also, where the cluster keeps no instances, if it
   *     has a renewable certificate, and then its user is locked out
   */
  public Bot admit(String botName, String method, Optional<String> presented) {
    return step(
        () -> {
          Bot bot = joinable(botName);
          if (!keepsInstances) {
            return bot;
          }
          RecordedBotInstance instance =
              presented
                  .flatMap(id -> instances.find(id, bot.name()))
                  .map(known -> instances.joinedAgain(known, method))
                  .orElseGet(
                      () ->
                          instances.begin(bot.name(), method, Optional.empty(), Optional.empty()));
          return bot.withInstance(instance.id());
        });
  }

  /**
   * The same, as an instance that has been decided on.
   *
   * @param previous which it goes on for, if it is new
   */
  public Bot admitAs(String botName, String method, String instanceId, Optional<String> previous) {
    return step(
        () -> {
          Bot bot = joinable(botName);
          RecordedBotInstance instance =
              instances
                  .find(instanceId, bot.name())
                  .map(known -> instances.joinedAgain(known, method))
                  .orElseGet(
                      () -> instances.begin(bot.name(), method, Optional.of(instanceId), previous));
          return bot.withInstance(instance.id());
        });
  }

  private Bot joinable(String botName) {
    Bot bot = byUser.get(Bot.userOf(botName));
    if (bot == null) {
      throw Refusal.denied("access denied");
    }
    if (!keepsInstances && bot.generation() != 0) {
      lockedUsers.put(bot.user(), mismatch(bot.user()));
      throw mismatch(bot.generation(), 0);
    }
    return bot;
  }

  /** Locks a bot's user out, at once. */
  public void lock(String name, String message) {
    step(() -> lockedUsers.put(require(name).user(), message));
  }

  /** Lets a bot's user in again. */
  public void unlock(String name) {
    step(() -> lockedUsers.remove(require(name).user()));
  }

  /** Whether a user is locked out. */
  public boolean locked(String user) {
    return step(() -> lockedUsers.containsKey(user));
  }

  /**
   * Checks a token without using it up.
   *
   * @throws Refusal where it is no token of a bot
   */
  public void checkToken(String token, String hostId, String nodeName, String role) {
    step(() -> requireToken(token, hostId, nodeName, role));
  }

  /**
   * Uses a token up.
   *
   * @return the bot, in its first generation
   * @throws Refusal where the token is not good, or its bot has joined before
   */
  public Bot redeem(String token) {
    return step(
        () -> {
          Token found = requireToken(token, "", "", "Bot");
          Bot bot = byUser.get(Bot.userOf(found.botName()));
          if (bot == null || lockedOut(bot)) {
            throw Refusal.denied("access denied");
          }
          if (!keepsInstances && bot.generation() != 0) {
            throw alreadyJoined(bot);
          }
          String instance =
              keepsInstances
                  ? instances.begin(bot.name(), "token", Optional.empty(), Optional.empty()).id()
                  : "";
          Bot joined = bot.withGeneration(1).withInstance(instance);
          byUser.put(bot.user(), joined);
          tokens.remove(token);
          return joined;
        });
  }

  private boolean lockedOut(Bot bot) {
    return (keepsInstances || bot.generation() == 0) && lockedUsers.containsKey(bot.user());
  }

  private static Refusal alreadyJoined(Bot bot) {
    return Refusal.bad(
        "user \"%s\" has already been issued a renewable certificate and cannot be issued another; "
                .formatted(bot.user())
            + "consider deleting and recreating the bot");
  }

  /**
   * Counts one renewal: of the instance, where the cluster keeps them, else of the bot.
   *
   * @param instanceId the instance of the certificate that is renewed; empty for none
   * @param presented its generation
   * @return the bot in its next generation
   * @throws Refusal where the certificate is not of the current generation; then the user is locked
   *     out too
   */
  public Bot renew(String user, String instanceId, long presented) {
    return step(
        () -> {
          Bot bot = byUser.get(user);
          if (bot == null) {
            throw Refusal.notFound("user \"%s\" not found".formatted(user));
          }
          Optional<RecordedBotInstance> instance = instances.find(instanceId, bot.name());
          if (keepsInstances && instance.isEmpty()) {
            throw Refusal.denied("access denied");
          }
          long stored = instance.map(RecordedBotInstance::generation).orElse(bot.generation());
          if (stored != presented) {
            lockedUsers.put(user, mismatch(user));
            throw mismatch(stored, presented);
          }
          instance.ifPresent(instances::renewed);
          Bot renewed = bot.withGeneration(presented + 1).withInstance(instanceId);
          byUser.put(user, renewed);
          return renewed;
        });
  }

  private static Refusal mismatch(long stored, long presented) {
    return Refusal.denied(
        "renewable cert generation mismatch: stored=%d, presented=%d".formatted(stored, presented));
  }

  private static String mismatch(String user) {
    return "The bot user \"%s\" has been locked due to a certificate generation mismatch, "
            .formatted(user)
        + "possibly indicating a stolen certificate.";
  }

  private Token requireToken(String value, String hostId, String nodeName, String role) {
    Token token = tokens.get(value);
    if (token == null || !clock.instant().isBefore(token.expires())) {
      tokens.remove(value);
      throw Refusal.denied(
          "\"%s\" can not join the cluster with role \"%s\", token expired or not found"
              .formatted(nodeName, role));
    }
    checkRole(hostId, nodeName, role);
    return token;
  }

  /**
   * A bot's token lets in bots only.
   *
   * @throws Refusal for any other role
   */
  public static void checkRole(String hostId, String nodeName, String role) {
    if (!role.equals("Bot")) {
      throw Refusal.bad(
          "node \"%s\" [%s] can not join the cluster, the token does not allow \"%s\" role"
              .formatted(nodeName, hostId, role));
    }
  }

  private Bot require(String name) {
    Bot bot = byUser.get(Bot.userOf(name));
    if (bot == null) {
      throw new IllegalArgumentException("there is no bot " + name);
    }
    return bot;
  }

  private <T extends @Nullable Object> T step(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
