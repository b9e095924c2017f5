package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.machineid.ClosedException;
import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.KubernetesCluster;
import io.machineid.MachineIdException.Reason;
import io.machineid.kubernetes.TestKube.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each live client must do, seen from the server's side. */
class LiveClientContractTest {

  /** Less than the time-out of any request here, and more than a busy machine takes. */
  private static final Duration ANY_TIMEOUT = Duration.ofSeconds(30);

  private final TestPki.Identity hostAuthority = TestPki.authority("example.test");
  private final TestPki.Identity userAuthority = TestPki.authority("example.test");
  private final TestKube kube =
      new TestKube(hostAuthority.server("*.teleport.localtest"), userAuthority.certificate());
  private final AtomicLong generations = new AtomicLong();
  private final ManualTime time = ManualTime.now();
  private final StubCredential credential = new StubCredential(credential("bot-a"));
  private final KubernetesAccess access = access(kube);

  @AfterEach
  void close() {
    access.close();
    kube.close();
  }

  @ParameterizedTest
  @EnumSource
  void request_anyClient_sendsThePinnedNameAndTheCertificate(Subject.Kind kind) throws Exception {
    assertThat(kind.on(access).pods()).contains("pod-1");

    assertThat(kube.seen)
        .singleElement()
        .satisfies(
            seen -> {
              assertThat(seen.sni()).isEqualTo(TestKube.NAME);
              assertThat(seen.client()).isEqualTo("CN=bot-a");
            });
  }

  @ParameterizedTest
  @EnumSource
  void server_withTheCertificateOfTheUrlsHost_isRefused(Subject.Kind kind) {
    try (TestKube wrong =
            new TestKube(
                hostAuthority.server("localhost", "127.0.0.1"), userAuthority.certificate());
        KubernetesAccess there = access(wrong)) {
      Subject subject = kind.on(there);

      assertThat(catchThrowable(subject::pods)).isNotNull().has(nameMismatch());
      assertThat(wrong.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void server_ofAnotherAuthority_isRefused(Subject.Kind kind) {
    try (TestKube wrong =
            new TestKube(
                TestPki.authority("example.test").server("*.teleport.localtest"),
                userAuthority.certificate());
        KubernetesAccess there = access(wrong)) {
      Subject subject = kind.on(there);

      assertThat(catchThrowable(subject::pods)).isNotNull();
      assertThat(wrong.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void rotation_sameClient_usesTheNewCertificateAtOnce(Subject.Kind kind) throws Exception {
    Subject subject = kind.on(access);
    subject.pods();

    for (String bot : List.of("bot-b", "bot-c", "bot-d")) {
      credential.rotate(credential(bot));
      subject.pods();
      subject.pods();
    }

    assertThat(kube.seen)
        .extracting(Seen::client)
        .containsExactly(
            "CN=bot-a", "CN=bot-b", "CN=bot-b", "CN=bot-c", "CN=bot-c", "CN=bot-d", "CN=bot-d");
  }

  @ParameterizedTest
  @EnumSource
  void follower_overARotation_goesOnWithTheNewCertificate(Subject.Kind kind) throws Exception {
    Queue<String> pods = new ConcurrentLinkedQueue<>();
    try (AutoCloseable following = kind.on(access).follow(pods::add)) {
      await().until(() -> kube.openWatches() == 1);
      kube.addPod("pod-2", 2);
      await().untilAsserted(() -> assertThat(pods).contains("pod-2"));

      credential.rotate(credential("bot-b"));
      kube.addPod("pod-3", 3);
      await().untilAsserted(() -> assertThat(pods).contains("pod-3"));

      kube.endWatches();
      awaitWatchBy("CN=bot-b");
      kube.addPod("pod-4", 4);
      await().untilAsserted(() -> assertThat(pods).contains("pod-4"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void follower_ofAWatchWithEmptyLines_goesOn(Subject.Kind kind) throws Exception {
    Queue<String> pods = new ConcurrentLinkedQueue<>();
    try (AutoCloseable following = kind.on(access).follow(pods::add)) {
      await().until(() -> kube.openWatches() == 1);
      kube.addPod("pod-2", 2);
      await().untilAsserted(() -> assertThat(pods).contains("pod-2"));

      kube.addEmptyLine();
      kube.addEmptyLine();
      kube.addPod("pod-3", 3);
      await().untilAsserted(() -> assertThat(pods).contains("pod-3"));

      assertThat(kube.seen.stream().filter(Seen::isWatch)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void expired_anyClient_failsAtOnceAndSendsNothing(Subject.Kind kind) throws Exception {
    Subject subject = kind.on(access);
    subject.pods();
    time.moveTo(credential.current().notAfter());

    Instant begin = Instant.now();
    Throwable failure = catchThrowable(subject::pods);

    assertThat(cause(failure, CredentialException.class).reason()).isEqualTo(Reason.EXPIRED);
    assertThat(Duration.between(begin, Instant.now())).isLessThan(ANY_TIMEOUT);
    assertThat(kube.seen).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void follower_overAnExpiry_recoversWithTheNextCertificate(Subject.Kind kind) throws Exception {
    Queue<String> pods = new ConcurrentLinkedQueue<>();
    try (AutoCloseable following = kind.on(access).follow(pods::add)) {
      await().until(() -> kube.openWatches() == 1);
      time.moveTo(credential.current().notAfter());
      kube.forgetWatches();

      credential.rotate(credential("bot-b", time.instant().plusSeconds(600)));
      awaitWatchBy("CN=bot-b");
      kube.addPod("pod-5", 5);
      await().untilAsserted(() -> assertThat(pods).contains("pod-5"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void stream_ofAnOldCertificate_isCutBeforeItsEndAndResumes(Subject.Kind kind) throws Exception {
    Queue<String> pods = new ConcurrentLinkedQueue<>();
    try (AutoCloseable following = kind.on(access).follow(pods::add)) {
      await().until(() -> kube.openWatches() == 1);
      kube.addPod("pod-2", 2);
      await().untilAsserted(() -> assertThat(pods).contains("pod-2"));
      Duration life = Duration.between(time.instant(), credential.current().notAfter());
      long lists = lists();

      credential.rotate(credential("bot-b", time.instant().plus(life.multipliedBy(2))));
      time.advance(life.multipliedBy(79).dividedBy(100));
      kube.addPod("pod-3", 3);
      await().untilAsserted(() -> assertThat(pods).contains("pod-3"));
      assertThat(kube.seen).extracting(Seen::client).containsOnly("CN=bot-a");

      kube.forgetWatches();
      time.advance(life.multipliedBy(11).dividedBy(100));
      awaitWatchBy("CN=bot-b");
      kube.addPod("pod-4", 4);
      await().untilAsserted(() -> assertThat(pods).contains("pod-4"));
      assertThat(lists()).isEqualTo(lists);
      assertThat(kind.resumes(kube.lastSeen())).isTrue();
    }
  }

  private long lists() {
    return kube.seen.stream().filter(seen -> !seen.isWatch()).count();
  }

  @ParameterizedTest
  @EnumSource
  void access_afterClose_refusesAndFollowsNothing(Subject.Kind kind) throws Exception {
    Subject subject = kind.on(access);
    subject.pods();

    access.close();

    Instant begin = Instant.now();
    assertThat(catchThrowable(subject::pods)).isNotNull();
    assertThat(Duration.between(begin, Instant.now())).isLessThan(ANY_TIMEOUT);
    assertThat(kube.seen).hasSize(1);
    assertThat(time.pending()).isZero();
    assertThat(credential.listeners()).isZero();
    assertThat(catchThrowable(() -> access.generations().current()))
        .isInstanceOf(ClosedException.class);
  }

  @ParameterizedTest
  @EnumSource
  void bot_afterClose_eachClientFailsAtOnce(Subject.Kind kind) throws Exception {
    Subject subject = kind.on(access);
    subject.pods();
    credential.close();

    Instant begin = Instant.now();
    Throwable failure = catchThrowable(subject::pods);

    assertThat(cause(failure, ClosedException.class)).hasMessageContaining("bot");
    assertThat(Duration.between(begin, Instant.now())).isLessThan(ANY_TIMEOUT);
    assertThat(kube.seen).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(value = Status.class)
  void refusal_ofAnOldCertificate_isTriedAgainOnTheNewOne(Status status) throws Exception {
    for (Subject.Kind kind : Subject.Kind.values()) {
      kube.seen.clear();
      Subject subject = kind.on(access);
      credential.rotate(credential("bot-old"));
      kube.refuse("CN=bot-old", status.code, () -> credential.rotate(credential("bot-new")));

      assertThat(subject.pods()).as("%s", kind).contains("pod-1");

      assertThat(kube.seen).extracting(Seen::client).containsExactly("CN=bot-old", "CN=bot-new");
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusal_ofTheNewestCertificate_isTheAnswer(Subject.Kind kind) {
    kube.refuse("CN=bot-a", 403, () -> {});

    Subject subject = kind.on(access);
    kind.expectRefusal(catchThrowable(subject::pods));

    assertThat(kube.seen).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void refusal_ofAChange_isNeverTriedAgain(Subject.Kind kind) {
    kube.refuse("CN=bot-a", 401, () -> credential.rotate(credential("bot-b")));

    Subject subject = kind.on(access);
    Throwable ignored = catchThrowable(subject::deletePod);

    assertThat(kube.seen).extracting(Seen::client).containsExactly("CN=bot-a");
  }

  /** What a server says to a certificate that it no longer wants. */
  enum Status {
    UNAUTHORIZED(401),
    FORBIDDEN(403);

    private final int code;

    Status(int code) {
      this.code = code;
    }
  }

  private void awaitWatchBy(String client) {
    await()
        .untilAsserted(
            () ->
                assertThat(kube.seen)
                    .anyMatch(seen -> seen.isWatch() && seen.client().equals(client)));
    await().until(() -> kube.openWatches() == 1);
  }

  private static <T extends Throwable> T cause(Throwable failure, Class<T> type) {
    Throwable cause = failure;
    while (cause != null && !type.isInstance(cause)) {
      cause = cause.getCause();
    }
    assertThat(cause).as("a typed cause of %s", failure).isNotNull();
    return type.cast(cause);
  }

  private static Condition<Throwable> nameMismatch() {
    return new Condition<>(
        failure -> {
          for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(TestKube.NAME)) {
              return true;
            }
          }
          return false;
        },
        "a cause that names %s",
        TestKube.NAME);
  }

  private KubernetesAccess access(TestKube server) {
    return new KubernetesAccess(
        "example.test",
        new KubernetesCluster("example", Map.of()),
        server.endpoint(),
        credential,
        time.forAccess());
  }

  private Credential credential(String bot) {
    return credential(bot, Instant.now().plusSeconds(600));
  }

  private Credential credential(String bot, Instant notAfter) {
    TestPki.Identity client = userAuthority.client(bot, notAfter);
    return new Credential(
        generations.incrementAndGet(),
        client.certificate(),
        client.key(),
        List.of(hostAuthority.certificate()),
        List.of(userAuthority.certificate()),
        "",
        List.of());
  }
}
