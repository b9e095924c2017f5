package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.MemoryStorage;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a bot comes through what goes wrong, on the fake cluster. */
class BotRecoveryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DUE = Duration.ofMinutes(21);
  private static final String KUBERNETES = "example-k8s-cluster";

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<BotEvent> events = new CopyOnWriteArrayList<>();
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport =
        TestCluster.builder()
            .clock(clock)
            .kubernetesCluster(KUBERNETES, Map.of("env", "test"))
            .start();
    teleport.createFullAccessRole("example-role");
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .join(method)
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler)
        .listener(events::add);
  }

  private JoinMethod newBot() {
    return JoinMethod.token(teleport.addBot("example", "example-role").token());
  }

  private void awaitState(Bot bot, BotState state) {
    scheduler.goOn(
        bot,
        () -> assertThat(bot.state()).as(() -> "last error: " + bot.lastError()).isEqualTo(state));
  }

  private static MemoryDestination copyOf(MemoryDestination storage) {
    MemoryDestination copy = Destination.memory();
    FileSet.Builder files = FileSet.builder();
    for (String name :
        List.of(
            "key", "key.pub", "key-cert.pub", "tlscert", "tlscacerts", "sshcacerts", "tokenhash")) {
      files.add(name, storage.read(name).orElseThrow());
    }
    copy.write(files.build());
    return copy;
  }

  @Test
  void identity_renewedFromACopy_isNotRenewedAgainAndNotLocked() {
    MemoryDestination storage = Destination.memory();
    JoinMethod token = newBot();
    try (Bot bot = bot(token).storage(storage).start(SOON)) {
      bot(token).storage(copyOf(storage)).start(SOON).close();
      assertThat(teleport.generationOf("example")).isEqualTo(2);

      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);

      assertThat(bot.lastError())
          .get()
          .extracting(MachineIdException::reason)
          .isEqualTo(Reason.SUPERSEDED);
      assertThat(teleport.isLocked("example")).isFalse();
      assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current()).isNotNull();
    }
  }

  @Test
  void start_whileTheClusterCountsFewerRenewals_isTriedAgainUntilItHasSeenThem() {
    MemoryDestination storage = Destination.memory();
    JoinMethod token = newBot();
    bot(token).storage(storage).start(SOON).close();
    teleport.faults().oldCounts();

    try (Bot bot = bot(token).storage(storage).start(SOON)) {
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError())
          .get()
          .satisfies(
              error -> {
                assertThat(error.reason()).isEqualTo(Reason.SUPERSEDED);
                assertThat(error.retryable()).isTrue();
                assertThat(error).hasMessageContaining("has not seen the last renewal yet");
              });
      assertThat(teleport.generationOf("example")).as("not renewed").isEqualTo(1);
      assertThat(teleport.isLocked("example")).isFalse();

      teleport.faults().none();
      bot.renewSoon();
      scheduler.goOn(bot, () -> assertThat(bot.state()).isEqualTo(BotState.READY));
      assertThat(teleport.generationOf("example")).isEqualTo(2);
    }
  }

  @Test
  void start_fromASupersededStore_worksUntilTheIdentityEnds() {
    MemoryDestination storage = Destination.memory();
    JoinMethod token = newBot();
    bot(token).storage(storage).start(SOON).close();
    MemoryDestination old = copyOf(storage);
    bot(token).storage(storage).start(SOON).close();

    try (Bot bot = bot(token).storage(old).start(SOON)) {
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError())
          .get()
          .extracting(MachineIdException::reason)
          .isEqualTo(Reason.SUPERSEDED);
      assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current()).isNotNull();
      assertThat(teleport.isLocked("example")).isFalse();
    }
  }

  @Test
  void token_replacedInItsFile_bringsABotBackThatCannotRenew(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("token");
    Files.writeString(file, teleport.addBot("example", "example-role").token());
    MemoryDestination storage = Destination.memory();
    try (Bot bot = bot(JoinMethod.tokenFile(file)).storage(storage).start(SOON)) {
      teleport.deleteBot("example");
      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);

      Files.writeString(file, teleport.addBot("example", "example-role").token());
      awaitState(bot, BotState.READY);

      assertThat(bot.identity().generation()).hasValue(1);
      assertThat(bot.lastError()).isEmpty();
    }
  }

  @Test
  void identity_thatEndsDuringAnOutage_isExpiredAndSaysWhatToDo() {
    try (Bot bot = bot(newBot()).start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      teleport.close();

      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(live.current().notAfter()).isAfter(clock.instant());

      scheduler.advance(bot, Duration.ofMinutes(45));
      awaitState(bot, BotState.EXPIRED);

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(events)
                      .anySatisfy(
                          event ->
                              assertThat(event)
                                  .asInstanceOf(type(BotEvent.StateChanged.class))
                                  .satisfies(
                                      change ->
                                          assertThat(change.to()).isEqualTo(BotState.EXPIRED))));
    }
  }

  @Test
  void storage_thatFailsAfterARenewal_isTriedAgainWithTheSameIdentity() {
    BrokenStorage storage = new BrokenStorage();
    try (Bot bot = bot(newBot()).storage(storage).start(SOON)) {
      storage.broken = true;
      scheduler.advance(bot, DUE);
      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError())
          .get()
          .extracting(MachineIdException::reason)
          .isEqualTo(Reason.DESTINATION);
      assertThat(teleport.generationOf("example")).isEqualTo(2);

      storage.broken = false;
      awaitState(bot, BotState.READY);

      assertThat(bot.identity().generation()).hasValue(2);
      assertThat(teleport.generationOf("example")).isEqualTo(2);
    }
  }

  @Test
  void renewSoon_ofAnIdentityThatCannotBeStored_renewsTheCredentialsOnce() {
    BrokenStorage storage = new BrokenStorage();
    try (Bot bot = bot(newBot()).storage(storage).start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      storage.broken = true;

      bot.renewSoon();

      scheduler.goOn(bot, () -> assertThat(live.current().generation()).isEqualTo(2));
      assertThat(bot.identity().generation()).hasValue(1);
      storage.broken = false;
      awaitState(bot, BotState.READY);
      assertThat(bot.identity().generation()).hasValue(2);
      assertThat(live.current().generation()).isEqualTo(2);
    }
  }

  @Test
  void renewSoon_ofASupersededIdentity_renewsTheCredentials() {
    MemoryDestination storage = Destination.memory();
    JoinMethod token = newBot();
    try (Bot bot = bot(token).storage(storage).start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      bot(token).storage(copyOf(storage)).start(SOON).close();

      bot.renewSoon();

      scheduler.goOn(bot, () -> assertThat(live.current().generation()).isEqualTo(2));
      assertThat(bot.identity().generation()).hasValue(1);
      assertThat(teleport.isLocked("example")).isFalse();
    }
  }

  @Test
  void renewSoon_duringAnOutage_renewsTheCredentialsWithTheIdentityAfterIt() {
    try (Bot bot = bot(newBot()).start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      teleport.faults().unavailable(Integer.MAX_VALUE);
      bot.renewSoon();
      awaitState(bot, BotState.DEGRADED);
      assertThat(bot.health().credentials().get(0).lastError()).as("not asked for").isEmpty();

      teleport.faults().none();

      scheduler.goOn(bot, () -> assertThat(live.current().generation()).isGreaterThan(1));
      assertThat(bot.identity().generation()).hasValue(2);
    }
  }

  private static final class BrokenStorage extends MemoryStorage {
    private volatile boolean broken;

    @Override
    public void write(FileSet set) {
      if (broken) {
        throw new DestinationException("the disk is full", null);
      }
      super.write(set);
    }
  }

  @Test
  void credential_whoseRoleIsWithdrawn_failsAloneAndRecovers() {
    try (Bot bot = bot(newBot()).start(SOON)) {
      LiveCredential withdrawn =
          bot.credential(CredentialRequest.kubernetes(KUBERNETES, "example-role"));
      teleport.updateBot("example").removeRoles("example-role");
      scheduler.advance(bot, DUE);
      assertThat(bot.health().credentials().get(0).lastError())
          .get()
          .extracting(MachineIdException::reason)
          .isEqualTo(Reason.FORBIDDEN);
      assertThat(bot.identity().generation()).hasValue(2);

      teleport.updateBot("example").addRoles("example-role");
      scheduler.goOn(bot, () -> assertThat(withdrawn.current().generation()).isGreaterThan(1));
      awaitState(bot, BotState.READY);
    }
  }

  @Test
  void health_ofABotAtWork_namesIdentityAndCredentials() throws Exception {
    try (Bot bot = bot(newBot()).start(SOON)) {
      CredentialRequest request = CredentialRequest.kubernetes(KUBERNETES);
      bot.credential(request);

      BotHealth health = bot.health();

      assertThat(bot.awaitReady(SOON)).isTrue();
      assertThat(health.state()).isEqualTo(BotState.READY);
      assertThat(health.identityNotAfter()).isEqualTo(bot.identity().notAfter());
      assertThat(health.credentials()).hasSize(1);
      assertThat(health.credentials().get(0).request()).isEqualTo(request);
      assertThat(health.credentials().get(0).generation()).isEqualTo(1);
    }
  }

  @Test
  void clock_fiveMinutesBehind_isReckonedWith() {
    TestClock behind = TestClock.running();
    behind.advance(Duration.ofMinutes(-5));
    try (Bot bot = bot(newBot()).clock(behind).start(SOON)) {
      assertThat(bot.health().clockOffset())
          .isBetween(Duration.ofSeconds(290), Duration.ofSeconds(310));
      assertThat(bot.identity().notAfter()).isAfter(clock.instant().plus(Duration.ofMinutes(58)));
    }
  }

  @Test
  void awaitReady_ofAClosedBot_isFalse() throws Exception {
    Bot bot = bot(newBot()).start(SOON);
    bot.close();

    assertThat(bot.awaitReady(SOON)).isFalse();
    assertThatThrownBy(bot::health).isInstanceOf(ClosedException.class);
  }
}
