package io.machineid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.machineid.MachineIdException.Reason;
import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import io.machineid.testing.FakeScheduler;
import io.machineid.testkit.BotCredentials;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bot's life on the fake cluster. */
class BotTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String KUBERNETES = "example-k8s-cluster";
  private static final String ROLE =
      """
      kind: role
      version: v7
      metadata: {name: example-role}
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
          kubernetes_resources: [{kind: '*', namespace: '*', name: '*', verbs: ['*']}]
      """;

  private final TestClock clock = TestClock.running();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<BotEvent> events = new CopyOnWriteArrayList<>();
  private TestCluster teleport;

  @BeforeEach
  void startCluster() {
    teleport =
        TestCluster.builder()
            .clock(clock)
            .authPort()
            .kubernetesCluster(KUBERNETES, Map.of("env", "test"))
            .start();
    teleport.createRole(ROLE);
  }

  @AfterEach
  void closeCluster() {
    teleport.close();
  }

  private Bot.Builder bot(JoinMethod method) {
    return Bot.builder()
        .join(method)
        .webRoots(List.of(teleport.webAuthority()))
        .clock(clock)
        .scheduler(scheduler)
        .listener(events::add);
  }

  private Bot.Builder throughProxy(BotCredentials credentials) {
    return bot(JoinMethod.token(credentials.token())).proxy(teleport.proxyAddress());
  }

  private Bot.Builder direct(BotCredentials credentials) {
    return bot(JoinMethod.token(credentials.token())).authServer(teleport.authAddress());
  }

  private BotCredentials newBot() {
    return teleport.addBot("example", "example-role");
  }

  private static void assertFails(ThrowingCallable call, Reason reason, String... parts) {
    assertThatThrownBy(call)
        .asInstanceOf(type(MachineIdException.class))
        .satisfies(
            error -> {
              assertThat(error.reason()).as(error.getMessage()).isEqualTo(reason);
              assertThat(error.getMessage()).contains(parts);
            });
  }

  @Test
  void start_throughProxy_hasTheIdentityThatTheClusterIssued() {
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      BotIdentity identity = bot.identity();

      assertThat(identity.botName()).isEqualTo("example");
      assertThat(identity.userName()).isEqualTo("bot-example");
      assertThat(identity.roles()).containsExactly("bot-example");
      assertThat(identity.clusterName()).isEqualTo(teleport.clusterName());
      assertThat(identity.renewable()).isTrue();
      assertThat(identity.generation()).isEqualTo(OptionalLong.of(1));
      assertThat(identity.instanceId()).isEmpty();
      assertThat(identity.certificate().getPublicKey().getAlgorithm()).isEqualTo("EC");
      assertThat(bot.state()).isEqualTo(BotState.READY);
    }
  }

  @Test
  void start_directlyWithAPin_joins() {
    try (Bot bot = direct(newBot()).caPins(teleport.caPins()).start(SOON)) {
      assertThat(
              bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current().hostAuthorities())
          .hasSize(1);
      assertThat(bot.kubernetesEndpoint().server()).hasHost("localhost");
    }
  }

  @Test
  void start_directlyWithTheAuthority_joins() {
    List<java.security.cert.X509Certificate> authorities;
    try (Bot first = throughProxy(newBot()).start(SOON)) {
      authorities = first.certificateAuthorities().host();
    }

    try (Bot bot =
        direct(teleport.addBot("second", "example-role"))
            .clusterAuthorities(authorities)
            .start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("second");
    }
  }

  @Test
  void start_directlyWithAWrongPin_isRefusedAndTheTokenIsNotUsed() {
    BotCredentials credentials = newBot();

    assertFails(
        () -> direct(credentials).caPins(List.of("sha256:" + "0".repeat(64))).start(SOON),
        Reason.UNTRUSTED,
        "CA pins",
        teleport.caPins().get(0));

    try (Bot bot = throughProxy(credentials).start(SOON)) {
      assertThat(bot.identity().generation()).hasValue(1);
    }
  }

  @Test
  void start_directlyWithNothingToTrust_isRefused() {
    BotCredentials credentials = newBot();

    assertFails(() -> direct(credentials).start(SOON), Reason.CONFIGURATION, "caPins");
    assertThat(teleport.requests()).isEmpty();
  }

  @Test
  void start_directlyAndInsecurely_joinsOnlyWhenAskedFor() {
    try (Bot bot = direct(newBot()).insecurelyTrustAnyAuthServer().start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("example");
    }
  }

  @Test
  void start_withoutTheWebAuthority_isRefused() {
    BotCredentials credentials = newBot();

    assertFails(
        () ->
            Bot.builder()
                .proxy(teleport.proxyAddress())
                .join(JoinMethod.token(credentials.token()))
                .start(SOON),
        Reason.UNTRUSTED,
        "certificate is not trusted",
        teleport.proxyAddress());
  }

  @Test
  void start_withAUsedToken_saysSo() {
    BotCredentials credentials = newBot();
    throughProxy(credentials).start(SOON).close();

    assertThatThrownBy(() -> throughProxy(credentials).start(SOON))
        .asInstanceOf(type(JoinException.class))
        .satisfies(
            error -> {
              assertThat(error.reason()).isEqualTo(Reason.JOIN_DENIED);
              assertThat(error.retryable()).isFalse();
              assertThat(error)
                  .hasMessageContaining("token expired or not found")
                  .hasMessageNotContaining(credentials.token());
            });
  }

  @Test
  void start_withAnExpiredToken_saysSo() {
    BotCredentials credentials = newBot();
    clock.advance(Duration.ofHours(2));

    assertFails(
        () -> throughProxy(credentials).start(SOON), Reason.JOIN_DENIED, "expired or not found");
  }

  @Test
  void start_ofABotThatHasJoined_saysThatTokensJoinOnce() {
    throughProxy(newBot()).start(SOON).close();

    assertFails(
        () -> throughProxy(teleport.newToken("example")).start(SOON),
        Reason.JOIN_DENIED,
        "already been issued",
        "once");
  }

  @Test
  void start_withNeitherTokenNorStoredIdentity_saysWhatIsMissing() {
    assertFails(
        () ->
            Bot.builder()
                .proxy(teleport.proxyAddress())
                .webRoots(List.of(teleport.webAuthority()))
                .start(SOON),
        Reason.CONFIGURATION,
        "neither a stored identity nor a token");
  }

  @Test
  void start_againFromStorage_renewsAndNeedsNoToken() {
    MemoryDestination storage = Destination.memory();
    throughProxy(newBot()).storage(storage).start(SOON).close();

    try (Bot bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .clock(clock)
            .storage(storage)
            .start(SOON)) {
      assertThat(bot.identity().generation()).hasValue(2);
    }
  }

  @Test
  void start_fromExpiredStorage_saysThatANewTokenIsNeeded() {
    MemoryDestination storage = Destination.memory();
    BotCredentials credentials = newBot();
    throughProxy(credentials).storage(storage).start(SOON).close();
    clock.advance(Duration.ofHours(3));

    assertFails(
        () -> throughProxy(credentials).storage(storage).start(SOON),
        Reason.EXPIRED,
        "expired at",
        "new token");
  }

  @Test
  void start_withAnotherTokenThanTheStoredOne_joinsAnew() {
    MemoryDestination storage = Destination.memory();
    throughProxy(newBot()).storage(storage).start(SOON).close();

    try (Bot bot =
        throughProxy(teleport.addBot("other", "example-role")).storage(storage).start(SOON)) {
      assertThat(bot.identity().botName()).isEqualTo("other");
    }
  }

  @Test
  void renewal_whenDue_storesBeforeItUsesAndTellsInOrder() {
    MemoryDestination storage = Destination.memory();
    try (Bot bot = throughProxy(newBot()).storage(storage).start(SOON)) {
      scheduler.advance(bot, Duration.ofMinutes(21));
      Awaitility.await().untilAsserted(() -> assertThat(bot.identity().generation()).hasValue(2));

      String stored = new String(storage.read("tlscert").orElseThrow(), StandardCharsets.US_ASCII);
      assertThat(io.machineid.internal.pki.Pem.certificate(bot.identity().certificate()))
          .isEqualTo(stored);
      assertThat(bot.identity().notAfter()).isAfter(clock.instant().plus(Duration.ofMinutes(55)));
      Awaitility.await().untilAsserted(() -> assertThat(events).hasSize(2));
      assertThat(events.get(0)).isInstanceOf(BotEvent.Joined.class);
      assertThat(events.get(1)).isInstanceOf(BotEvent.Renewed.class);
    }
  }

  @Test
  void credential_whenDue_isReplacedAndListenersHearOfIt() {
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      Credential first = live.current();
      List<Credential> heard = new CopyOnWriteArrayList<>();
      live.onRotation(heard::add);

      scheduler.advance(bot, Duration.ofMinutes(21));
      Awaitility.await().untilAsserted(() -> assertThat(live.current().generation()).isEqualTo(2));

      assertThat(live.current().certificate()).isNotEqualTo(first.certificate());
      assertThat(live.current().exposePrivateKey()).isNotEqualTo(first.exposePrivateKey());
      Awaitility.await().untilAsserted(() -> assertThat(heard).containsExactly(live.current()));
    }
  }

  @Test
  void credential_closed_isRenewedNoMoreAndItsBotGoesOn() {
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      int before = scheduler.pending();
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));

      live.close();
      live.close();

      assertThat(scheduler.pending()).isEqualTo(before);
      assertThatThrownBy(live::current).isInstanceOf(ClosedException.class);
      assertThat(bot.state()).isEqualTo(BotState.READY);
    }
  }

  @Test
  void credential_forAnUnknownCluster_saysSo() {
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      assertFails(
          () -> bot.credential(CredentialRequest.kubernetes("no-such-cluster")),
          Reason.NOT_FOUND,
          "no-such-cluster");
    }
  }

  @Test
  void credential_withARoleThatIsNotGranted_saysHowToGrantIt() {
    teleport.createRole(ROLE.replace("example-role", "other-role"));
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      assertFails(
          () -> bot.credential(CredentialRequest.kubernetes(KUBERNETES, "other-role")),
          Reason.FORBIDDEN,
          "--add-roles");
    }
  }

  @Test
  void credential_ofABotWithoutRoles_saysHowToGrantOne() {
    try (Bot bot = throughProxy(teleport.addBot("bare")).start(SOON)) {
      assertFails(
          () -> bot.credential(CredentialRequest.kubernetes(KUBERNETES)),
          Reason.FORBIDDEN,
          "bare",
          "--add-roles");

      teleport.updateBot("bare").addRoles("example-role");
      clock.advance(Duration.ofSeconds(10));

      assertThat(bot.credential(CredentialRequest.kubernetes(KUBERNETES)).current()).isNotNull();
    }
  }

  @Test
  void renewal_withACounterThatFails_goesOn() {
    BotMetrics broken =
        new BotMetrics() {
          @Override
          public void renewed(Duration took) {
            throw new IllegalStateException("on purpose");
          }
        };
    try (Bot bot = throughProxy(newBot()).metrics(broken).start(SOON)) {
      for (long next = 2; next <= 3; next++) {
        scheduler.advance(bot, Duration.ofMinutes(21));
        assertThat(bot.identity().generation()).hasValue(next);
      }
    }
  }

  @Test
  void clusters_areThoseThatTheRolesSee() {
    teleport.addKubernetesCluster("hidden", Map.of("env", "prod"));
    teleport.createRole(
        ROLE.replace("example-role", "test-only").replace("{'*': '*'}", "{env: test}"));
    try (Bot bot = throughProxy(teleport.addBot("narrow", "test-only")).start(SOON)) {
      assertThat(bot.kubernetesClusters(List.of()))
          .containsExactly(
              new KubernetesCluster(KUBERNETES, Map.of("env", "test"), Set.of("16.0.0-dev")));
    }
  }

  @Test
  void clusters_fromAnAnswerThatIsNotTooOld_areAskedForOnce() {
    Duration minute = Duration.ofMinutes(1);
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      List<KubernetesCluster> first = bot.kubernetesClusters(List.of(), minute);
      teleport.addKubernetesCluster("second", Map.of());

      assertThat(bot.kubernetesClusters(List.of(), minute)).isEqualTo(first).hasSize(1);
      assertThat(bot.kubernetesClusters(List.of(), Duration.ZERO)).hasSize(2);
      clock.advance(minute);
      teleport.addKubernetesCluster("third", Map.of());
      assertThat(bot.kubernetesClusters(List.of(), minute)).hasSize(3);
    }
  }

  @Test
  void renewSoon_renewsTheIdentityAndThenTheCredentials() {
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      LiveCredential credential = bot.credential(CredentialRequest.kubernetes(KUBERNETES));

      bot.renewSoon();

      scheduler.goOn(bot, () -> assertThat(credential.current().generation()).isEqualTo(2));
      assertThat(bot.identity().generation()).isEqualTo(OptionalLong.of(2));
      bot.close();
      bot.renewSoon();
    }
  }

  @Test
  void renewal_ofALockedBot_isLockedAndRecoversWhenUnlocked() {
    try (Bot bot = throughProxy(newBot()).start(SOON)) {
      teleport.lockBot("example");
      scheduler.advance(bot, Duration.ofMinutes(21));
      assertThat(bot.state()).isEqualTo(BotState.LOCKED);
      assertThat(bot.lastError())
          .get()
          .extracting(MachineIdException::reason)
          .isEqualTo(Reason.LOCKED);

      teleport.unlockBot("example");
      scheduler.goOn(bot, () -> assertThat(bot.state()).isEqualTo(BotState.READY));
      assertThat(bot.lastError()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void credential_issuedWhileTheIdentityIsRenewed_doesNotFail() {
    try (Bot bot = throughProxy(newBot()).renewalInterval(Duration.ofSeconds(10)).start(SOON)) {
      CompletableFuture<Void> issuing =
          CompletableFuture.runAsync(
              () -> {
                while (bot.identity().generation().orElseThrow() < 20) {
                  bot.credential(CredentialRequest.kubernetes(KUBERNETES)).close();
                }
              },
              task -> new Thread(task).start());

      Awaitility.await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                advanceWithinTheIdentity(bot);
                return issuing.isDone();
              });

      issuing.join();
    }
  }

  /** On a slow machine, the clock must not outrun the renewal that it has set off. */
  private void advanceWithinTheIdentity(Bot bot) {
    Instant halfOfItsHour = bot.identity().notAfter().minus(Duration.ofMinutes(30));
    if (clock.instant().isBefore(halfOfItsHour)) {
      scheduler.advance(Duration.ofSeconds(2));
    }
  }

  @Test
  void close_leavesNoThreadAndNothingUsable() {
    Bot bot = throughProxy(newBot()).start(SOON);
    LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));

    bot.close();
    bot.close();

    assertThat(bot.state()).isEqualTo(BotState.CLOSED);
    assertThatThrownBy(live::current).isInstanceOf(ClosedException.class);
    assertThatThrownBy(bot::identity).isInstanceOf(ClosedException.class);
    assertThat(scheduler.pending()).isZero();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("machineid-worker")));
  }

  @Test
  void nothing_thatIsPrinted_holdsASecret() {
    BotCredentials credentials = newBot();
    Bot.Builder builder = throughProxy(credentials);
    try (Bot bot = builder.start(SOON)) {
      LiveCredential live = bot.credential(CredentialRequest.kubernetes(KUBERNETES));
      String key = io.machineid.internal.pki.Pem.privateKey(live.current().exposePrivateKey());
      String printed =
          String.join(
              "\n",
              bot.toString(),
              live.current().toString(),
              builder.toString(),
              JoinMethod.token("s3cret").toString(),
              events.toString());

      assertThat(printed)
          .doesNotContain(
              credentials.token(), "s3cret", key.lines().skip(1).findFirst().orElseThrow());
    }
  }
}
