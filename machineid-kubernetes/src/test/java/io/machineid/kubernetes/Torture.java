package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.BotEvent;
import io.machineid.Credential;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestClock;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A cluster, a bot, and what is done to both. Certificates live for a minute of a clock that goes
 * on in steps, each of them when every thread of the load has begun and ended a request: so a
 * rotation takes a fraction of a second of real time, and a slow machine makes the clock slow, not
 * the requests late.
 */
final class Torture implements AutoCloseable {

  static final String KUBE = "example-k8s-cluster";

  private static final Duration STEP = Duration.ofSeconds(2);
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final int LONGEST_FOLLOWING = 200;
  private static final int PODS = 8;
  private static final int REMEMBERED_CHANGES = 5_000;

  final ManualTime time =
      new ManualTime(TestClock.stoppedAt(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
  final TortureLedger ledger = new TortureLedger();
  final Disturbances disturbances = new Disturbances();
  final TestCluster teleport =
      TestCluster.builder()
          .clock(time.clock())
          .kubernetesCluster(KUBE, Map.of())
          .onRequest(ledger)
          .start();
  final Bot bot;
  final TortureLoad load = new TortureLoad(disturbances, ledger.samples);
  final Map<String, FollowedPods> followed = new LinkedHashMap<>();
  final Queue<BotEvent.RenewalFailed> failures = new ConcurrentLinkedQueue<>();
  private final List<ExecKeeper> sessions = new ArrayList<>();
  private final Map<String, KubernetesAccess> accesses = new LinkedHashMap<>();
  private final Map<String, Deque<String>> pods = new LinkedHashMap<>();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final Random random;
  private int resetPercent;
  private long written;

  Torture(long seed) {
    random = new Random(seed);
    teleport.createFullAccessRole("example-role");
    bot =
        Bot.builder()
            .proxy(teleport.proxyAddress())
            .webRoots(List.of(teleport.webAuthority()))
            .join(JoinMethod.token(teleport.addBot("example", "example-role").token()))
            .credentialTtl(LIFE)
            .clock(time)
            .scheduler(time)
            .listener(
                event -> {
                  if (event instanceof BotEvent.RenewalFailed failed) {
                    failures.add(failed);
                  }
                })
            .start(Duration.ofSeconds(60));
  }

  /**
   * Has the cluster's history of changes full from the beginning, so that what is written later
   * takes the place of something, and the heap grows by what is not let go of alone.
   */
  void fillHistory() {
    for (int changes = 0; changes < REMEMBERED_CHANGES; changes += 2) {
      add("elsewhere", "pod");
      teleport.kubernetes(KUBE).delete("pods", "elsewhere", "pod");
    }
  }

  /** A namespace with a pod that stays, and access to it with a credential of its own. */
  KubernetesAccess access(String namespace) {
    add(namespace, TortureClient.STEADY);
    KubernetesAccess access = own(KubernetesAccess.to(bot, KUBE));
    accesses.put(namespace, access);
    ledger.issued(namespace, access.credential().current().certificate());
    access.credential().onRotation(next -> ledger.issued(namespace, next.certificate()));
    return access;
  }

  /** Has an informer of this namespace closed at the end, and its pods come and go till then. */
  FollowedPods follow(String namespace, TortureClient client) throws Exception {
    FollowedPods pods = new FollowedPods();
    pods.written(TortureClient.STEADY);
    own(client.follow(pods));
    await().atMost(Duration.ofMinutes(1)).until(() -> pods.saw(TortureClient.STEADY));
    followed.put(namespace, pods);
    return pods;
  }

  /** Has a session open all the time. */
  ExecKeeper keepSession(TortureClient client, KubernetesAccess access) {
    ExecKeeper keeper = own(new ExecKeeper(client, access, time));
    sessions.add(keeper);
    return keeper;
  }

  <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  List<Credential> credentials() {
    return accesses.values().stream().map(access -> access.credential().current()).toList();
  }

  /** From now on a connection is reset after so many steps of a hundred. */
  void resetPercent(int percent) {
    resetPercent = percent;
  }

  /** Lets time go on until each credential has been replaced. */
  void rotate() {
    long[] before = generations();
    until(() -> allGreater(generations(), before), "a rotation");
  }

  private long[] generations() {
    return credentials().stream().mapToLong(Credential::generation).toArray();
  }

  private static boolean allGreater(long[] now, long[] before) {
    boolean greater = true;
    for (int i = 0; i < now.length; i++) {
      greater &= now[i] > before[i];
    }
    return greater;
  }

  /** Takes one more step in the exchange of an authority, when the last one has been followed. */
  void exchange(AuthorityWalk walk) {
    if (walk.nextStepCuts()) {
      awaitNoRenewal();
      accesses.keySet().forEach(disturbances::of);
    }
    walk.step();
    until(walk::isFollowed, "following " + walk.phase());
    walk.settle();
  }

  /** An answer to a renewal that is lost is another matter, and ends a bot that joined by token. */
  private static void awaitNoRenewal() {
    for (int calm = 0; calm < 5; calm++) {
      if (Thread.getAllStackTraces().values().stream()
          .flatMap(Arrays::stream)
          .anyMatch(frame -> frame.getClassName().endsWith(".RenewalLoop"))) {
        calm = -1;
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  private void until(java.util.function.BooleanSupplier goal, String what) {
    for (int steps = 0; !goal.getAsBoolean(); steps++) {
      if (steps > LONGEST_FOLLOWING) {
        fail("%s takes too long; bot: %s, %s", what, bot, bot.lastError());
      }
      step();
    }
  }

  /** Lets time go on by a step, with objects coming and going, and perhaps a reset. */
  void step() {
    awaitWhatIsDue();
    time.advance(STEP);
    followed.keySet().forEach(this::changeObjects);
    if (random.nextInt(100) < resetPercent) {
      reset();
    }
    load.awaitRound();
  }

  /** Lets time go on by a step, in which nothing is written that the cluster would remember. */
  void pass() {
    awaitWhatIsDue();
    time.advance(STEP);
    load.awaitRound();
  }

  /** Renewals and ends take real time: the clock must not run away from one under way. */
  private void awaitWhatIsDue() {
    long begin = System.nanoTime();
    while ((isRenewalUnderWay() || isEndUnderWay())
        && System.nanoTime() - begin < Duration.ofMinutes(1).toNanos()) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private boolean isRenewalUnderWay() {
    boolean late = leastLeft().compareTo(LIFE.dividedBy(2)) < 0;
    return late && (bot.lastError().isEmpty() || !time.asleep(bot));
  }

  /** Whether a session would be told too late of an end that was decided long ago. */
  private boolean isEndUnderWay() {
    Instant next = time.instant().plus(STEP);
    return sessions.stream().anyMatch(session -> next.isAfter(session.latestEnd()));
  }

  private Duration leastLeft() {
    Instant end = bot.identity().notAfter();
    for (Credential credential : credentials()) {
      end = credential.notAfter().isBefore(end) ? credential.notAfter() : end;
    }
    return Duration.between(time.instant(), end);
  }

  private void changeObjects(String namespace) {
    FollowedPods informed = followed.get(namespace);
    Deque<String> there = pods.computeIfAbsent(namespace, name -> new ArrayDeque<>());
    String name = "pod-" + ++written;
    informed.written(name);
    add(namespace, name);
    there.addLast(name);
    if (there.size() > PODS && informed.saw(there.getFirst())) {
      String oldest = there.removeFirst();
      informed.removed(oldest);
      teleport.kubernetes(KUBE).delete("pods", namespace, oldest);
    }
  }

  private void add(String namespace, String name) {
    teleport
        .kubernetes(KUBE)
        .add(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s},
             spec: {containers: [{name: main, image: example}]}, status: {phase: Running}}
            """
                .formatted(name, namespace));
  }

  private void reset() {
    List<String> namespaces = List.copyOf(accesses.keySet());
    String namespace = namespaces.get(random.nextInt(namespaces.size()));
    List<Integer> connections = ledger.of(namespace).recent();
    disturbances.of(namespace);
    teleport.faults().resetConnection(connections.get(random.nextInt(connections.size())));
  }

  @Override
  public void close() throws Exception {
    load.close();
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
    bot.close();
    teleport.close();
  }
}
