package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConnectionGateTest {

  private final List<Runnable> later = new ArrayList<>();
  private final ConnectionGate gate = new ConnectionGate(later::add);

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
  void requestThatIsTakenBack_saysNothingOfTheConnection_butOpensItNoMore() {
    assertThat(gate.turn("first")).isCompleted();
    CompletableFuture<?> second = gate.turn("second");
    gate.gaveUp("first");
    assertThat(second).as("opens it now").isCompleted();

    gate.answered();
    gate.gaveUp("second");

    assertThat(gate.turn("third")).isCompleted();
    assertThat(gate.turn("fourth")).isCompleted();
  }

  @Test
  void answerThatIsSlow_doesNotHoldTheOthers() {
    assertThat(gate.turn("first")).isCompleted();
    CompletableFuture<?> second = gate.turn("second");
    assertThat(second).isNotDone();

    later.forEach(Runnable::run);

    assertThat(second).isCompleted();
    assertThat(gate.turn("third")).isCompleted();
  }

  @Test
  void waitThatIsOver_doesNotEndTheNextOne() {
    assertThat(gate.turn("first")).isCompleted();
    gate.failed("first");
    assertThat(gate.turn("second")).isCompleted();
    CompletableFuture<?> third = gate.turn("third");

    later.get(0).run();

    assertThat(third).isNotDone();
  }

  @Test
  void errorOfTheFirst_whichCannotBegin_lastsForNobodyElse() {
    boolean[] none = {true};
    ConnectionGate poor =
        new ConnectionGate(
            task -> {
              if (none[0]) {
                throw new OutOfMemoryError("unable to create native thread");
              }
            });
    assertThatThrownBy(() -> poor.turn("first")).isInstanceOf(OutOfMemoryError.class);
    none[0] = false;

    assertThat(poor.turn("second")).isCompleted();
  }
}
