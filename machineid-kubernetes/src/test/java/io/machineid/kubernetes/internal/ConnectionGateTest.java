package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConnectionGateTest {

  private final ConnectionGate gate = new ConnectionGate();

  @Test
  void first_goesAtOnce_andTheOthersWhenItsAnswerBegins() {
    CompletableFuture<?> first = gate.turn("first");
    CompletableFuture<?> second = gate.turn("second");
    CompletableFuture<?> third = gate.turn("third");
    assertThat(first).isDone();
    assertThat(second).isNotDone();

    gate.answered();

    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
    assertThat(gate.turn("fourth")).isCompleted();
  }

  @Test
  void failureOfTheFirst_letsOneOfTheOthersOpen() {
    assertThat(gate.turn("first")).isCompleted();
    CompletableFuture<?> second = gate.turn("second");
    CompletableFuture<?> third = gate.turn("third");

    gate.failed("first");

    assertThat(second.isDone()).isNotEqualTo(third.isDone());
    gate.answered();
    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
  }

  @Test
  void failureOfAnother_doesNotEndTheWait() {
    assertThat(gate.turn("first")).isCompleted();
    CompletableFuture<?> second = gate.turn("second");

    gate.failed("another, on the connection that was lost");

    assertThat(second).isNotDone();
  }

  @Test
  void connection_thatMayBeGone_isOpenedByOneAgain() {
    assertThat(gate.turn("first")).isCompleted();
    gate.answered();
    gate.failed("second");

    assertThat(gate.turn("third")).isCompleted();
    assertThat(gate.turn("fourth")).isNotDone();
    gate.answered();
    gate.idle();

    assertThat(gate.turn("fifth")).isCompleted();
    assertThat(gate.turn("sixth")).isNotDone();
  }

  @Test
  void answerThatIsSlow_doesNotHoldTheOthers() {
    assertThat(gate.turn("first")).isCompleted();
    CompletableFuture<?> second = gate.turn("second");

    await().atMost(Duration.ofMinutes(1)).until(second::isDone);

    await().atMost(Duration.ofMinutes(1)).until(() -> gate.turn("third").isDone());
  }
}
