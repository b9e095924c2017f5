package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.machineid.ClosedException;
import io.machineid.internal.pki.KeyAlgorithm;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeySupplyTest {

  private final KeyPair pair = KeyAlgorithm.ECDSA_P256.generate();
  private final AtomicInteger made = new AtomicInteger();

  /** Kinds are told apart by the name only: real RSA keys would take a while. */
  private KeyPair make(KeyAlgorithm algorithm) {
    made.incrementAndGet();
    return new KeyPair(pair.getPublic(), pair.getPrivate());
  }

  @Test
  void begin_slowKeys_areMadeBeforeTheyAreTaken() {
    try (KeySupply keys = new KeySupply(this::make, 3)) {
      keys.begin(KeyAlgorithm.RSA_2048);
      keys.begin(KeyAlgorithm.RSA_2048);
      await().atMost(Duration.ofSeconds(60)).until(() -> made.get() == 3);

      Set<KeyPair> taken = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        taken.add(keys.take(KeyAlgorithm.RSA_2048));
      }
      assertThat(taken).hasSize(3);
      assertThat(made).hasValue(3);

      taken.add(keys.take(KeyAlgorithm.RSA_2048));
      assertThat(taken).hasSize(4);
      assertThat(made).hasValue(4);
    }
  }

  @Test
  void begin_quickKeys_areMadeWhenTheyAreTaken() {
    try (KeySupply keys = new KeySupply(this::make, 3)) {
      keys.begin(KeyAlgorithm.ECDSA_P256);
      keys.take(KeyAlgorithm.ECDSA_P256);
      assertThat(made).hasValue(1);
    }
  }

  @Test
  void begin_moreThanAnyoneMayHaveAhead_isBounded() {
    try (KeySupply keys = new KeySupply(this::make, 10_000)) {
      keys.begin(KeyAlgorithm.RSA_2048);
      for (int i = 0; i < KeySupply.MOST_AHEAD; i++) {
        keys.take(KeyAlgorithm.RSA_2048);
      }
      assertThat(made).hasValue(KeySupply.MOST_AHEAD);
    }
  }

  @Test
  void take_anotherKindThanWasBegun_isMadeAnew() {
    CountDownLatch slow = new CountDownLatch(1);
    try (KeySupply keys =
        new KeySupply(
            algorithm -> {
              if (algorithm == KeyAlgorithm.RSA_2048) {
                awaitQuietly(slow);
              }
              return make(algorithm);
            },
            1)) {
      keys.begin(KeyAlgorithm.RSA_2048);
      keys.take(KeyAlgorithm.ECDSA_P256);
      assertThat(made).hasValue(1);
      slow.countDown();
    }
  }

  @Test
  void close_endsTheWaitForAKeyThatIsNeverMade() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    KeySupply keys =
        new KeySupply(
            algorithm -> {
              awaitQuietly(never);
              return pair;
            },
            KeySupply.MOST_AHEAD);
    keys.begin(KeyAlgorithm.RSA_2048);
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < KeySupply.MOST_AHEAD; i++) { // most of them for a key that is not begun yet
      Thread thread =
          new Thread(
              () -> {
                Throwable failure = catchThrowable(() -> keys.take(KeyAlgorithm.RSA_2048));
                if (failure != null) { // the few that are being made end well when interrupted
                  failures.add(failure);
                }
              });
      thread.setDaemon(true);
      thread.start();
      waiting.add(thread);
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> waiting.stream().allMatch(each -> each.getState() == Thread.State.WAITING));

    keys.close();

    for (Thread thread : waiting) {
      thread.join(Duration.ofSeconds(60).toMillis());
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(failures).isNotEmpty().hasOnlyElementsOfType(ClosedException.class);
    never.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
