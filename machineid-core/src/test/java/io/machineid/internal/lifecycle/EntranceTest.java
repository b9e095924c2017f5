package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.machineid.BotIdentity;
import io.machineid.BotMetrics;
import io.machineid.DestinationException;
import io.machineid.HeartbeatMode;
import io.machineid.destination.FileSet;
import io.machineid.internal.auth.AuthClient;
import io.machineid.internal.auth.ProxyRoute;
import io.machineid.internal.auth.Routes;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.internal.transport.HostPort;
import io.machineid.internal.transport.TrustRoots;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.MemoryStorage;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an identity that the cluster has counted and that is not stored or not used. */
class EntranceTest {

  private static final Duration LIFE = Duration.ofHours(1);

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FullStorage storage = new FullStorage();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final KeySupply keys = new KeySupply(KeyAlgorithm::generate, 0);
  @TempDir private Path directory;
  private Path tokenFile;
  private TestCluster teleport;
  private ProxyRoute route;
  private Entrance entrance;

  private static final class FullStorage extends MemoryStorage {
    private Optional<RuntimeException> failure = Optional.empty();

    @Override
    public void write(FileSet files) {
      failure.ifPresent(
          why -> {
            throw why;
          });
      super.write(files);
    }
  }

  @BeforeEach
  void start() throws IOException {
    teleport = TestCluster.builder().clock(clock).start();
    teleport.createFullAccessRole("example-role");
    route =
        new ProxyRoute(
            HostPort.parse(teleport.proxyAddress()),
            Routes.ofThisProcess(
                TrustRoots.of(Optional.of(List.of(teleport.webAuthority()))), false));
    tokenFile = directory.resolve("token");
    Files.writeString(tokenFile, teleport.addBot("example", "example-role").token());
    BotSettings settings =
        new BotSettings(
            route,
            Optional.of(JoinMethod.tokenFile(tokenFile)),
            storage,
            LIFE,
            Optional.empty(),
            clock,
            new FakeScheduler(clock),
            List.of(),
            new BotMetrics() {},
            HeartbeatMode.NONE,
            List::of,
            0);
    entrance =
        new Entrance(settings, new ServerTime(clock), new IdentityStore(storage), workers, keys);
  }

  @AfterEach
  void stop() {
    keys.close();
    workers.shutdownNow();
    route.close();
    teleport.close();
  }

  private Identity renewed(Identity identity) {
    try (AuthClient client = Entrance.client(route.auth(identity.subject().cluster()), identity)) {
      return entrance.renewed(identity, client);
    }
  }

  private Optional<BotIdentity> stored() {
    return new IdentityStore(storage).load().map(Identity::snapshot);
  }

  private Duration left(Identity identity) {
    return Duration.between(clock.instant(), identity.notAfter());
  }

  /** Joins with a new token what cannot be stored; that is told while there is time. */
  private void spendATokenInVain(Entrance.Entered before, RuntimeException why) throws IOException {
    Files.writeString(tokenFile, teleport.addBot("another", "example-role").token());
    storage.failure = Optional.of(why);
    assertThat(
            catchThrowable(() -> entrance.joinWithNewToken(before.identity(), before.algorithm())))
        .isSameAs(why);
  }

  @Test
  void renewal_thatNobodyTookUp_isGivenAgain() {
    Identity first = entrance.enter().identity();

    Identity second = renewed(first);

    assertThat(renewed(first))
        .as("it was counted, and is the only one that works")
        .isEqualTo(second);
    assertThat(renewed(second)).isNotEqualTo(second);
    assertThat(teleport.generationOf("example")).isEqualTo(3);
  }

  @Test
  void renewal_thatTheStorageFailedByAnyExceptionOver_isStoredWithTheNextTry() {
    Identity first = entrance.enter().identity();
    storage.failure = Optional.of(new IllegalStateException("no driver"));
    assertThat(catchThrowable(() -> renewed(first))).hasMessage("no driver");

    storage.failure = Optional.empty();
    Identity second = renewed(first);

    assertThat(stored()).contains(second.snapshot());
    assertThat(teleport.generationOf("example")).isEqualTo(2);
  }

  /** Tries as the loop does: after a third of the life, and when a hundredth is left. */
  @Test
  void storage_thatStaysFull_doesNotCostTheIdentity() {
    Identity identity = entrance.enter().identity();
    storage.failure = Optional.of(new DestinationException("the disk is full", null));
    for (int life = 0; life < 3; life++) {
      Identity current = identity;
      clock.advance(left(current).dividedBy(3));
      assertThat(catchThrowable(() -> renewed(current)))
          .as("the trouble is told while there is time")
          .hasMessage("the disk is full");
      clock.advance(left(current).minus(LIFE.dividedBy(100)));

      identity = renewed(current);

      assertThat(left(identity)).isGreaterThan(LIFE.dividedBy(10));
    }
    storage.failure = Optional.empty();
    clock.advance(LIFE.dividedBy(10));

    Identity last = renewed(identity);

    assertThat(stored()).contains(last.snapshot());
    assertThat(teleport.isLocked("example")).isFalse();
  }

  @Test
  void identity_thatEndedBeforeItWasUsed_isNoSuccessor() {
    Identity first = entrance.enter().identity();
    storage.failure = Optional.of(new DestinationException("the disk is full", null));
    assertThat(catchThrowable(() -> renewed(first))).hasMessage("the disk is full");
    clock.advance(LIFE.multipliedBy(2));

    assertThat(catchThrowable(() -> renewed(first)))
        .as("the cluster refuses it, and the loop knows what to do about that")
        .isNotNull();
  }

  @Test
  void identity_thatATokenWasSpentOn_isStoredWithTheNextTry() throws IOException {
    Entrance.Entered first = entrance.enter();
    KeyAlgorithm algorithm = first.algorithm();
    spendATokenInVain(first, new DestinationException("the disk is full", null));

    storage.failure = Optional.empty();
    Optional<Entrance.Entered> joined = entrance.joinWithNewToken(first.identity(), algorithm);

    assertThat(joined.orElseThrow().identity().snapshot().botName()).isEqualTo("another");
    assertThat(stored()).contains(joined.orElseThrow().identity().snapshot());
    assertThat(entrance.joinWithNewToken(first.identity(), algorithm))
        .as("as no connection could be made with it yet")
        .isEqualTo(joined);
    assertThat(entrance.joinWithNewToken(joined.orElseThrow().identity(), algorithm))
        .as("for it is no new one any more")
        .isEmpty();
  }

  @Test
  void identity_thatATokenWasSpentOn_isUsedUnstoredBeforeTheOldOneEnds() throws IOException {
    Entrance.Entered first = entrance.enter();
    Identity old = first.identity();
    spendATokenInVain(first, new IllegalStateException("no driver"));
    clock.advance(left(old).minus(LIFE.dividedBy(100)));

    Identity joined = entrance.joinWithNewToken(old, first.algorithm()).orElseThrow().identity();

    assertThat(joined.snapshot().botName()).isEqualTo("another");
    assertThat(stored()).contains(old.snapshot());
    storage.failure = Optional.empty();
    Identity next = renewed(joined);
    assertThat(stored()).contains(next.snapshot());
    assertThat(entrance.joinWithNewToken(next, first.algorithm()))
        .as("its token is spent")
        .isEmpty();
    assertThat(new IdentityStore(storage).isFrom(Files.readString(tokenFile)))
        .as("so the next start goes on with what is stored")
        .isTrue();
    assertThat(teleport.generationOf("another")).isEqualTo(2);
  }

  @Test
  void identity_thatATokenWasSpentOn_isKept_thoughTheOldOneIsRenewedAfterAll() throws IOException {
    Entrance.Entered first = entrance.enter();
    Identity old = first.identity();
    spendATokenInVain(first, new DestinationException("the disk is full", null));
    storage.failure = Optional.empty();

    Identity next = renewed(old);

    assertThat(next.snapshot().botName()).isEqualTo("example");
    assertThat(entrance.joinWithNewToken(next, first.algorithm()))
        .get()
        .extracting(joined -> joined.identity().snapshot().botName())
        .isEqualTo("another");
  }
}
