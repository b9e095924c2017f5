package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.Keypairs;
import io.machineid.testing.MemoryStorage;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a bot with a bound key pair whose storage is lost, copied, old or full. */
class BoundKeypairStorageTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration PAST_THE_END = Duration.ofHours(2);

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).teleportVersion(18).start();
    teleport.addBot("example", "example-role");
    createToken("{onboarding: {registration_secret: open sesame}, recovery: {mode: relaxed}}");
  }

  @AfterEach
  void stop() {
    teleport.close();
  }

  private void createToken(String section) {
    teleport.createToken(Keypairs.token("example-token", section));
  }

  private Bot.Builder bot(Destination storage) {
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .storage(storage)
        .clock(clock)
        .scheduler(scheduler)
        .join(JoinMethod.boundKeypair("example-token").registrationSecret("open sesame"));
  }

  private void assertFails(Destination storage, Reason reason, String... words) {
    assertThatThrownBy(() -> bot(storage).start(SOON).close())
        .isInstanceOfSatisfying(
            MachineIdException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
  }

  private static MemoryDestination copy(Destination from, Predicate<String> files) {
    MemoryDestination copy = Destination.memory();
    FileSet.Builder set = FileSet.builder();
    from.list().stream()
        .filter(files)
        .forEach(name -> set.add(name, from.read(name).orElseThrow()));
    copy.write(set.build());
    return copy;
  }

  @Test
  void lostJoinState_isSaid_andInsecureModeDoesWithout() {
    MemoryDestination storage = Destination.memory();
    bot(storage).start(SOON).close();
    MemoryDestination keyOnly = copy(storage, name -> name.equals("id_bkp"));

    assertFails(
        keyOnly,
        Reason.JOIN_DENIED,
        "previous join state is required",
        "bring the storage back",
        "recreate the token resource");
    assertFails(Destination.memory(), Reason.JOIN_DENIED, "previous join state is required");

    createToken("{onboarding: {registration_secret: open sesame}, recovery: {mode: insecure}}");
    bot(keyOnly).start(SOON).close();
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(2);
  }

  @Test
  void copyOfTheStorage_locksTheToken_untilAnAdministratorActs() {
    MemoryDestination storage = Destination.memory();
    bot(storage).start(SOON).close();
    MemoryDestination old = copy(storage, name -> true);
    clock.advance(PAST_THE_END);
    bot(storage).start(SOON).close();
    clock.advance(PAST_THE_END);

    assertFails(
        old, Reason.LOCKED, "join state verification failed", "is not the newest", "tctl rm lock");
    assertThat(teleport.boundKeypair("example-token").locked()).isTrue();
    assertFails(storage, Reason.LOCKED, "lock targeting JoinToken", "tctl get locks");

    teleport.unlockToken("example-token");
    bot(storage).start(SOON).close();
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(3);
  }

  @Test
  void identityOfAnInstanceThatWasFollowed_isRefused() {
    MemoryDestination storage = Destination.memory();
    bot(storage).start(SOON).close();
    // Somebody has the key and the state, not the identity.
    bot(copy(storage, name -> name.contains("bkp"))).start(SOON).close();

    assertFails(storage, Reason.JOIN_DENIED, "bot instance mismatch", "one process alone");
  }

  @Test
  void recreatedToken_isSaid_andBegunAnew() {
    MemoryDestination storage = Destination.memory();
    bot(storage).start(SOON).close();
    teleport.removeToken("example-token");
    createToken("onboarding: {registration_secret: open sesame}");

    assertFails(storage, Reason.JOIN_DENIED, "existing credentials", "Remove the identity");
    // The identity may stay: a first join is one without it.
    bot(copy(storage, name -> !name.contains("bkp"))).start(SOON).close();
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);
  }

  @Test
  void damagedKey_isSaid() {
    MemoryDestination storage = Destination.memory();
    storage.write(FileSet.builder().addText("id_bkp", "no key").build());
    assertFails(storage, Reason.DESTINATION, "id_bkp", "there is no private key in it", "recreate");
    MemoryDestination history = Destination.memory();
    history.write(FileSet.builder().addText("bkp_key_history.json", "{]").build());
    assertFails(history, Reason.DESTINATION, "the history of keys cannot be decoded");
  }

  /** Notes what is written when, and fails where it is told to. */
  private final class Watched extends MemoryStorage {

    private final List<String> written = new ArrayList<>();
    private Predicate<FileSet> failing = files -> false;

    @Override
    public synchronized void write(FileSet files) {
      written.add(files.names() + " at " + teleport.boundKeypair("example-token").recoveryCount());
      if (failing.test(files)) {
        throw new DestinationException("the disk is full", null);
      }
      super.write(files);
    }

    synchronized void failing(Predicate<FileSet> on) {
      failing = on;
    }

    boolean isNew(FileSet files, String name) {
      return files.names().contains(name)
          && !read(name).map(bytes -> text(bytes)).equals(Optional.of(text(files.content(name))));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void files_areWrittenBeforeAnythingDependsOnThem() {
    Watched storage = new Watched();
    bot(storage).start(SOON).close();

    assertThat(storage.written)
        .as("the key before its public half is sent; then the state, before the identity")
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("[bkp_key_history.json] at 0"),
            second ->
                assertThat(second)
                    .isEqualTo("[bkp_state, bkp_key_history.json, id_bkp, id_bkp.pub] at 1"),
            third -> assertThat(third).contains("tlscert"));
  }

  @Test
  void keyThatCannotBeStored_isNeverSent() {
    Watched storage = new Watched();
    storage.failing(files -> files.names().contains("bkp_key_history.json"));
    assertFails(storage, Reason.DESTINATION, "the disk is full");
    assertThat(teleport.boundKeypair("example-token").boundPublicKey()).isEmpty();

    storage.failing(files -> false);
    bot(storage).start(SOON).close();
  }

  @Test
  void storageThatTakesNothing_isFoundOutBeforeTheClusterMovesOn() {
    Watched storage = new Watched();
    bot(storage).start(SOON).close();
    clock.advance(PAST_THE_END);
    storage.failing(files -> true);

    assertFails(storage, Reason.DESTINATION, "the disk is full");
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(1);

    storage.failing(files -> false);
    bot(storage).start(SOON).close();
    assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(2);
  }

  @Test
  void stateThatCouldNotBeStored_isNotLostToARunningBot() {
    Watched storage = new Watched();
    try (Bot bot = bot(storage).start(SOON)) {
      storage.failing(files -> storage.isNew(files, "bkp_state"));
      clock.advance(PAST_THE_END);
      bot.renewSoon();
      scheduler.goOn(
          bot,
          () -> assertThat(teleport.boundKeypair("example-token").recoveryCount()).isEqualTo(2));
      await(() -> bot.lastError().isPresent());
      assertThat(bot.lastError().orElseThrow()).hasMessageContaining("the disk is full");

      storage.failing(files -> false);
      bot.renewSoon();
      scheduler.goOn(bot, () -> assertThat(bot.state()).isEqualTo(BotState.READY));
    }
    assertThat(teleport.boundKeypair("example-token").locked()).isFalse();
    clock.advance(PAST_THE_END);
    bot(storage).start(SOON).close();
    assertThat(teleport.boundKeypair("example-token").locked()).isFalse();
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(SOON).until(condition);
  }
}
