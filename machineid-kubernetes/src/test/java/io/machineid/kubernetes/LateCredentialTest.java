package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.BotMetrics;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A credential that comes when nobody waits for it any more, and the next look has got another. */
class LateCredentialTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final AtomicBoolean slow = new AtomicBoolean();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);
  private final TestCluster teleport = TestCluster.start();
  private final Bot bot = bot();

  private Bot bot() {
    teleport.createFullAccessRole("fleet");
    return Bot.builder()
        .proxy(teleport.proxyAddress())
        .webRoots(List.of(teleport.webAuthority()))
        .metrics(new SlowOnce())
        .join(JoinMethod.token(teleport.addBot("example", "fleet").token()))
        .start(SOON);
  }

  /** Holds up who has got a credential, once, whatever interrupts them. */
  private final class SlowOnce implements BotMetrics {
    @Override
    public void credentialIssued(Duration took) {
      if (slow.compareAndSet(true, false)) {
        begun.countDown();
        boolean interrupted = false;
        while (free.getCount() > 0) {
          try {
            free.await();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @AfterEach
  void stop() {
    free.countDown();
    bot.close();
    teleport.close();
  }

  @Test
  void credential_thatComesAfterAnother_isNotKept() throws Exception {
    try (KubernetesFleet fleet =
        KubernetesFleet.builder(bot).select(ClusterSelector.all()).open(SOON)) {
      teleport.addKubernetesCluster("one", Map.of());
      giveUpWaiting(fleet);
      fleet.refresh();
      assertThat(fleet.clusters()).singleElement().matches(FleetCluster::isReady);
      KubernetesAccess access = fleet.clusters().get(0).access();

      free.countDown();

      await().atMost(SOON).untilAsserted(() -> assertThat(bot.health().credentials()).hasSize(1));
      assertThat(access.credential().current()).isNotNull();
      assertThat(FleetFixture.pods(fleet.clusters().get(0))).isEqualTo(200);
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(bot.health().credentials()).isEmpty());
  }

  /** Looks, and is interrupted while a credential is on its way. */
  private void giveUpWaiting(KubernetesFleet fleet) throws Exception {
    slow.set(true);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread looking =
        new Thread(
            () -> {
              try {
                fleet.refresh();
              } catch (RuntimeException e) {
                end.complete(e);
              }
            });
    looking.start();
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    looking.interrupt();
    assertThat(end.get(60, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
  }
}
