package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.BotState;
import io.machineid.kubernetes.AuthorityWalk.Type;
import io.machineid.kubernetes.TortureClient.Kind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All live clients under load, with an informer and an exec session open, over many rotations. The
 * first third is calm: only certificates and the user authority change. Then connections are reset
 * at random, and both authorities are exchanged, which cuts all connections now and then.
 *
 * <p>The short form runs with all tests; {@code -Dmachineid.torture.rotations=1000} makes it long.
 */
class RotationTortureTest {

  private static final int ROTATIONS = Integer.getInteger("machineid.torture.rotations", 36);
  private static final long SEED = Long.getLong("machineid.torture.seed", 2026L);
  private static final int THREADS = 2;
  private static final int RESET_PERCENT = 25;
  private static final int ROTATIONS_IN_A_ROUND = 2;
  private static final int LOOKS = 5;

  private final Map<Kind, ExecKeeper> sessions = new EnumMap<>(Kind.class);

  @Test
  void clients_overManyRotations_failNothingMissNothingAndLeaveNothing() throws Exception {
    try (Torture torture = new Torture(SEED)) {
      torture.fillHistory();
      for (Kind kind : Kind.values()) {
        KubernetesAccess access = torture.access(kind.namespace());
        TortureClient client = kind.on(access);
        torture.follow(kind.namespace(), client);
        sessions.put(kind, torture.keepSession(client, access));
        torture.load.start(kind.namespace(), client, THREADS);
      }
      AuthorityWalk host = walk(Type.HOST, torture);
      AuthorityWalk user = walk(Type.USER, torture);

      int third = Math.max(ROTATIONS / 3 / ROTATIONS_IN_A_ROUND, 1);
      rounds(torture, third, user);
      assertCalm(torture);

      torture.resetPercent(RESET_PERCENT);
      rounds(torture, third, host, user);
      Footprint before = settled(torture);
      rounds(torture, third, host, user);
      torture.resetPercent(0);
      Footprint after = settledLike(before, torture);

      awaitInformed(torture);
      print(torture, host, user, before, after);
      assertEnd(torture);
    }
  }

  private static AuthorityWalk walk(Type type, Torture torture) {
    return new AuthorityWalk(type, torture.teleport, torture.bot, torture::credentials);
  }

  /** In each round all certificates end their lives, and once more as an authority changes. */
  private static void rounds(Torture torture, int rounds, AuthorityWalk... walks) {
    for (int i = 0; i < rounds; i++) {
      torture.rotate();
      torture.exchange(walks[i % walks.length]);
    }
  }

  /** Where no connection is taken away, there is nothing to excuse, and nobody lists again. */
  private void assertCalm(Torture torture) {
    awaitInformed(torture);
    assertNothingFailed(torture);
    for (Kind kind : Kind.values()) {
      assertThat(torture.load.of(kind.namespace()).cut).as("%s cut", kind).hasValue(0);
      assertListedAtMost(1, kind, torture);
      assertThat(sessions.get(kind).ends).as("sessions of %s", kind).hasPositiveValue();
    }
  }

  private void assertEnd(Torture torture) {
    assertNothingFailed(torture);
    assertThat(torture.bot.state()).isEqualTo(BotState.READY);
    for (Kind kind : Kind.values()) {
      String namespace = kind.namespace();
      long disturbances = torture.disturbances.count(namespace);
      assertThat(torture.load.of(namespace).cut.get())
          .as("requests of %s under way at %s disturbances", kind, disturbances)
          .isLessThanOrEqualTo(2 * THREADS * disturbances);
      assertListedAtMost(1 + disturbances, kind, torture);
      assertThat(torture.ledger.of(namespace).certificates())
          .as("certificates of %s", kind)
          .isGreaterThan(ROTATIONS * 2 / 3);
    }
  }

  private void assertListedAtMost(long times, Kind kind, Torture torture) {
    assertThat(torture.ledger.of(kind.namespace()).lists())
        .as("lists of %s", kind)
        .isLessThanOrEqualTo(times + kind.listsPerExec() * sessions.get(kind).attempts.get());
  }

  private void assertNothingFailed(Torture torture) {
    for (Kind kind : Kind.values()) {
      String namespace = kind.namespace();
      TortureLedger.Account seen = torture.ledger.of(namespace);
      assertThat(torture.load.of(namespace).failed)
          .as("failed requests of %s: %s", kind, torture.ledger.samples)
          .hasValue(0);
      assertThat(seen.refused()).as("%s: %s", kind, torture.ledger.samples).isZero();
      assertThat(seen.expired()).as("%s: %s", kind, torture.ledger.samples).isZero();
      assertThat(seen.superseded()).as("%s: %s", kind, torture.ledger.samples).isZero();
      assertThat(sessions.get(kind).outlived).as("sessions past the end, %s", kind).hasValue(0);
    }
  }

  private static void awaitInformed(Torture torture) {
    torture.followed.forEach(
        (namespace, pods) ->
            await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(
                    () -> assertThat(pods.gaps()).as("gaps of %s", namespace).isEmpty()));
  }

  /** What is in use when what comes and goes has gone: the least of a few looks. */
  private static Footprint settled(Torture torture) {
    return Stream.generate(
            () -> {
              torture.pass();
              torture.pass();
              return Footprint.now();
            })
        .limit(LOOKS)
        .reduce(Footprint::least)
        .orElseThrow();
  }

  /** Looks until there is no more in use than before, apart from what comes and goes. */
  private static Footprint settledLike(Footprint before, Torture torture) {
    AtomicReference<Footprint> after = new AtomicReference<>();
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              Footprint now = settled(torture);
              assertThat(now.threads()).hasSizeLessThanOrEqualTo(before.threads().size() + 4);
              assertThat(now.sockets()).isLessThanOrEqualTo(before.sockets() + 8);
              assertThat(now.heapBytes()).isLessThanOrEqualTo(before.heapBytes() + (24 << 20));
              after.set(now);
            });
    return after.get();
  }

  private void print(
      Torture torture, AuthorityWalk host, AuthorityWalk user, Footprint before, Footprint after) {
    StringBuilder table =
        new StringBuilder(
            "\n%-15s %9s %7s %7s %8s %8s %10s %12s %11s %7s %6s %8s %8s\n"
                .formatted(
                    "client",
                    "requests",
                    "failed",
                    "cut (*)",
                    "refused",
                    "expired",
                    "superseded",
                    "certificates",
                    "connections",
                    "watches",
                    "lists",
                    "objects",
                    "sessions"));
    for (Kind kind : Kind.values()) {
      TortureLedger.Account seen = torture.ledger.of(kind.namespace());
      TortureLoad.Result result = torture.load.of(kind.namespace());
      table.append(
          "%-15s %9d %7d %7d %8d %8d %10d %12d %11d %7d %6d %8d %8d\n"
              .formatted(
                  kind.namespace(),
                  seen.requests(),
                  result.failed.get(),
                  result.cut.get(),
                  seen.refused(),
                  seen.expired(),
                  seen.superseded(),
                  seen.certificates(),
                  seen.connections(),
                  seen.watches(),
                  seen.lists(),
                  torture.followed.get(kind.namespace()).writtenSoFar(),
                  seen.sessions()));
    }
    table.append("(*) under way when the test took their connection away\n");
    table.append(
        "authorities: %d steps of the host's, %d of the users'; renewals that failed and were made up for: %d\n"
            .formatted(host.steps(), user.steps(), torture.failures.size()));
    table.append("in use: ").append(before).append(", and as many rotations later ");
    System.out.println(table.append(after));
  }
}
