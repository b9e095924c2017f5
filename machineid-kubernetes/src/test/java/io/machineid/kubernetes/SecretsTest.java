package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.BotEvent;
import io.machineid.BotState;
import io.machineid.Credential;
import io.machineid.CredentialRequest;
import io.machineid.config.BotConfig;
import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.BotCredentials;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Everything that a process could print while a bot lives through good and bad times (all loggers
 * at all levels, events, exceptions with their causes, snapshots as text) holds neither a token nor
 * any part of a key.
 */
class SecretsTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String KUBE = "example-k8s-cluster";
  private static final Logger ROOT = Logger.getLogger("");

  private final StringBuffer printed = new StringBuffer();
  private final Set<String> secrets = ConcurrentHashMap.newKeySet();
  private final TestClock clock = TestClock.running();
  private final ManualTime time = new ManualTime(clock);
  private final Level levelBefore = ROOT.getLevel();
  private TestCluster teleport;

  private final Handler capture =
      new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord line) {
          printed.append(formatter.format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void start() {
    capture.setLevel(Level.ALL);
    ROOT.addHandler(capture);
    ROOT.setLevel(Level.ALL);
    for (Handler handler : ROOT.getHandlers()) {
      if (handler != capture && handler.getLevel().intValue() < Level.INFO.intValue()) {
        handler.setLevel(Level.INFO);
      }
    }
    teleport = TestCluster.builder().clock(clock).kubernetesCluster(KUBE, Map.of()).start();
    teleport.createFullAccessRole("example-role");
  }

  @AfterEach
  void stop() {
    ROOT.removeHandler(capture);
    ROOT.setLevel(levelBefore);
    teleport.close();
  }

  private BotCredentials newBot(String name) {
    BotCredentials credentials = teleport.addBot(name, "example-role");
    secrets.add(credentials.token());
    return credentials;
  }

  private Bot.Builder builder(String token) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .join(JoinMethod.token(token))
        .clock(clock)
        .scheduler(time)
        .listener(this::print);
  }

  private void print(Object something) {
    printed.append(something).append('\n');
    if (something instanceof BotEvent.RenewalFailed failed) {
      print(failed.error());
    }
    if (something instanceof Throwable failure) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      printed.append(trace);
    }
  }

  private void fails(ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isNotNull();
    print(failure);
  }

  /** Each form in which a key could get into a text. */
  private void keep(Credential credential) {
    ECPrivateKey key = (ECPrivateKey) credential.exposePrivateKey();
    BigInteger secret = key.getS();
    secrets.add(secret.toString());
    secrets.add(secret.toString(16));
    secrets.add(Base64.getEncoder().encodeToString(secret.toByteArray()).substring(4, 36));
    secrets.add(Base64.getEncoder().encodeToString(key.getEncoded()).substring(52, 88));
  }

  private void keep(MemoryDestination storage) {
    String pem = new String(storage.read("key").orElseThrow(), StandardCharsets.US_ASCII);
    pem.lines().filter(line -> !line.startsWith("-----")).forEach(secrets::add);
  }

  @Test
  void nothingPrinted_holdsATokenOrAKey() {
    MemoryDestination storage = Destination.memory();
    BotCredentials credentials = newBot("example");
    Bot.Builder builder = builder(credentials.token()).storage(storage);
    print(builder);
    try (Bot bot = builder.start(SOON)) {
      KubernetesAccess access = KubernetesAccess.to(bot, KUBE);
      for (Object each :
          List.of(
              bot,
              bot.identity(),
              bot.health(),
              bot.certificateAuthorities(),
              access,
              access.endpoint(),
              access.credential(),
              access.credential().current(),
              access.kubeconfig(),
              access.httpClient(),
              storage)) {
        print(each);
      }
      keep(access.credential().current());
      keep(storage);

      fails(() -> builder(credentials.token()).start(SOON));
      fails(() -> KubernetesAccess.to(bot, "no-such-cluster"));
      renewOnce(bot, access);
      lockAndUnlock(bot, credentials);
      wrongConfiguration(credentials.token());
      teleport.dropConnections();
      teleport.close();
      time.advance(Duration.ofMinutes(90));
      await().untilAsserted(() -> assertThat(bot.state()).isEqualTo(BotState.EXPIRED));
      fails(() -> bot.credential(CredentialRequest.kubernetes(KUBE)));
      print(bot.health());
    }

    for (String expected : List.of("joined: BotIdentity", "RenewalFailed", "LOCKED", "EXPIRED")) {
      assertThat(printed.indexOf(expected)).as("where it says " + expected).isPositive();
    }
    assertThat(secrets).hasSizeGreaterThan(6).allMatch(secret -> secret.length() > 15);
    assertThat(secrets.stream().map(printed::indexOf).filter(at -> at >= 0).map(this::around))
        .isEmpty();
  }

  /** Where a secret was printed. */
  private String around(int at) {
    return printed.substring(Math.max(0, at - 300), at);
  }

  /** Has the bot renew now, and runs what is due while the clock stays where it is. */
  private void renewUntil(Bot bot, BooleanSupplier goal) {
    bot.renewSoon();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              time.advance(Duration.ZERO);
              return goal.getAsBoolean();
            });
  }

  private void renewOnce(Bot bot, KubernetesAccess access) {
    long before = access.credential().current().generation();
    renewUntil(
        bot,
        () ->
            access.credential().current().generation() > before
                && bot.identity().generation().orElse(0) > 1);
    keep(access.credential().current());
  }

  private void lockAndUnlock(Bot bot, BotCredentials credentials) {
    teleport.lockBot("example");
    renewUntil(bot, () -> bot.state() == BotState.LOCKED);
    print(bot.lastError().orElseThrow());
    teleport.unlockBot("example");
    renewUntil(bot, () -> bot.state() == BotState.READY);
    assertThat(credentials.toString()).doesNotContain(credentials.token());
  }

  private void wrongConfiguration(String token) {
    for (String wrong :
        List.of(
            "onboarding: {token: [%s]}",
            "onboarding: {token: %s, join_method: tokenn}",
            "onboarding: {tokenn: %s}",
            "onboarding: {token: %s}}",
            "onboarding: {token: {deep: %s}}")) {
      String yaml = "version: v2\nproxy_server: a.example:443\n" + wrong.formatted(token);
      fails(() -> BotConfig.parse(yaml, "tbot.yaml"));
    }
  }
}
