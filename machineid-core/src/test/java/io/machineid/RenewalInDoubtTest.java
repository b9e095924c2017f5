package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.FreePort;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a bot makes of renewals that fail, where the cluster counts each instance by itself. */
class RenewalInDoubtTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DUE = Duration.ofMinutes(21);
  private static final String RENEWAL = "proto.AuthService/GenerateUserCerts";

  private final TestClock clock = TestClock.stoppedAt(Instant.now());
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final MemoryDestination storage = Destination.memory();
  private TestCluster teleport;
  private JoinMethod token;

  @BeforeEach
  void startCluster() {
    teleport = TestCluster.builder().clock(clock).teleportVersion(17).start();
    teleport.createFullAccessRole("example-role");
    token = JoinMethod.token(teleport.addBot("example", "example-role").token());
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private Bot start(String proxy) {
    return start(proxy, storage);
  }

  private Bot start(String proxy, MemoryDestination storage) {
    return Bot.builder()
        .proxy(proxy)
        .webRoots(List.of(teleport.webAuthority()))
        .join(token)
        .storage(storage)
        .clock(clock)
        .scheduler(scheduler)
        .start(SOON);
  }

  private void awaitFailure(Bot bot, Reason reason) {
    scheduler.goOn(
        bot,
        () ->
            assertThat(bot.lastError())
                .get()
                .extracting(MachineIdException::reason)
                .isEqualTo(reason));
  }

  private void awaitSecondGeneration(Bot bot) {
    scheduler.goOn(
        bot,
        () -> {
          assertThat(bot.identity().generation()).as(() -> "of " + bot.health()).hasValue(2);
          assertThat(bot.state()).isEqualTo(BotState.READY);
        });
    assertThat(teleport.isLocked("example")).isFalse();
  }

  @Test
  void answerThatWasLost_isRememberedByTheNextProcess() {
    try (Bot bot = start(teleport.proxyAddress())) {
      teleport.faults().dropNextRenewalResponse();
      scheduler.advance(bot, DUE);
      awaitFailure(bot, Reason.SUPERSEDED);
    }

    try (Bot next = start(teleport.proxyAddress())) {
      assertThat(next.state()).isEqualTo(BotState.DEGRADED);
      assertThat(next.lastError()).get().asString().contains("the answer to a renewal was lost");
      assertThat(next.credential(CredentialRequest.forRoles("example-role")).current()).isNotNull();
      assertThat(teleport.isLocked("example")).isFalse();
    }
  }

  private MemoryDestination copyOfStorage() {
    FileSet.Builder files = FileSet.builder();
    for (String name :
        List.of(
            "key", "key.pub", "key-cert.pub", "tlscert", "tlscacerts", "sshcacerts", "tokenhash")) {
      files.add(name, storage.read(name).orElseThrow());
    }
    MemoryDestination copy = Destination.memory();
    copy.write(files.build());
    return copy;
  }

  /**
   * Has the cluster count a renewal that the bot does not know of, and the bot renew after that.
   */
  private void outrun(Bot bot) {
    start(teleport.proxyAddress(), copyOfStorage()).close();
    scheduler.advance(bot, DUE);
    awaitFailure(bot, Reason.LOCKED);
    assertThat(teleport.isLocked("example")).isTrue();
  }

  @Test
  void identityThatWasRenewedElsewhere_isNotRenewedAgainOnceTheBotIsUnlocked() {
    try (Bot bot = start(teleport.proxyAddress())) {
      outrun(bot);

      teleport.unlockBot("example");
      bot.renewSoon();
      awaitFailure(bot, Reason.SUPERSEDED);

      assertThat(bot.state()).isEqualTo(BotState.DEGRADED);
      assertThat(bot.lastError())
          .get()
          .asString()
          .contains("has refused to renew this identity")
          .contains("tctl bots instances add");
      assertThat(bot.credential(CredentialRequest.forRoles("example-role")).current()).isNotNull();
    }
    try (Bot next = start(teleport.proxyAddress())) {
      assertThat(next.state()).isEqualTo(BotState.DEGRADED);
      assertThat(next.lastError()).get().asString().contains("has refused to renew this identity");
    }
    assertThat(teleport.isLocked("example")).isFalse();
  }

  @Test
  void identityThatWasRenewedElsewhere_isReplacedByANewToken() {
    try (Bot bot = start(teleport.proxyAddress())) {
      outrun(bot);
    }
    teleport.unlockBot("example");
    token = JoinMethod.token(teleport.newToken("example").token());

    try (Bot next = start(teleport.proxyAddress())) {
      assertThat(next.state()).isEqualTo(BotState.READY);
      scheduler.advance(next, DUE);
      awaitSecondGeneration(next);
    }
  }

  @Test
  void renewalsThatAreAnswered_leaveNothingInDoubtForTheNextProcess() {
    start(teleport.proxyAddress()).close();
    start(teleport.proxyAddress()).close();

    try (Bot third = start(teleport.proxyAddress())) {
      assertThat(third.state()).isEqualTo(BotState.READY);
      assertThat(third.identity().generation()).hasValue(3);
    }
  }

  @Test
  void renewalThatIsRefused_isTriedAgain_alsoByTheNextProcess() {
    try (Bot bot = start(teleport.proxyAddress())) {
      teleport.faults().unimplemented(RENEWAL);
      scheduler.advance(bot, DUE);
      awaitFailure(bot, Reason.NOT_TELEPORT);
      teleport.faults().none();
      awaitSecondGeneration(bot);
      teleport.faults().unimplemented(RENEWAL);
      scheduler.advance(bot, DUE);
      awaitFailure(bot, Reason.NOT_TELEPORT);
    }
    teleport.faults().none();

    try (Bot next = start(teleport.proxyAddress())) {
      assertThat(next.state()).isEqualTo(BotState.READY);
      assertThat(next.identity().generation()).hasValue(3);
    }
  }

  @Test
  void connectionsThatAreRefused_areOutlived() throws IOException {
    try (Relay relay = new Relay(teleport.proxyAddress());
        Bot bot = start(relay.address())) {
      relay.close();
      scheduler.advance(bot, DUE);
      awaitFailure(bot, Reason.UNREACHABLE);

      relay.open();
      bot.renewSoon();
      awaitSecondGeneration(bot);
    }
  }

  /** Leads to a server from a port of its own, or refuses there. */
  private static final class Relay implements AutoCloseable {
    private final String host;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private ServerSocket listener;

    Relay(String address) throws IOException {
      int colon = address.lastIndexOf(':');
      host = address.substring(0, colon);
      target = Integer.parseInt(address.substring(colon + 1));
      listener = new ServerSocket(FreePort.find(), 50, InetAddress.getByName(host));
      serve(listener);
    }

    String address() {
      return host + ":" + listener.getLocalPort();
    }

    void open() throws IOException {
      listener = new ServerSocket(listener.getLocalPort(), 50, InetAddress.getByName(host));
      serve(listener);
    }

    private void serve(ServerSocket from) {
      inBackground(
          () -> {
            while (true) {
              Socket near = from.accept();
              Socket far = new Socket(host, target);
              sockets.addAll(List.of(near, far));
              if (from.isClosed()) { // just after this one came
                closeSockets();
              }
              inBackground(() -> near.getInputStream().transferTo(far.getOutputStream()));
              inBackground(() -> far.getInputStream().transferTo(near.getOutputStream()));
            }
          });
    }

    private interface Work {
      void run() throws IOException;
    }

    private static void inBackground(Work work) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (IOException e) {
                  // closed
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() throws IOException {
      listener.close();
      closeSockets();
    }

    private void closeSockets() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
