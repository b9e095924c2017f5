package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private final List<String> called = new ArrayList<>();
  private final List<Runnable> begun = new ArrayList<>();

  @Test
  void calls_areMadeElsewhere_oneAfterTheOther() {
    Turns turns = new Turns(begun::add);
    turns.take(() -> called.add("one"));
    turns.take(() -> called.add("two"));
    assertThat(called).isEmpty();
    assertThat(begun).hasSize(1);

    begun.remove(0).run();

    assertThat(called).containsExactly("one", "two");
    turns.take(() -> called.add("three"));
    assertThat(begun).hasSize(1);
  }

  @Test
  void call_forWhichThereIsNoThread_isMadeAllTheSame_andSoAreLaterOnes() {
    boolean[] none = {true};
    Executor poor =
        task -> {
          if (none[0]) {
            throw new InternalError("no thread");
          }
          begun.add(task);
        };
    Turns turns = new Turns(poor);
    turns.take(() -> called.add("one"));
    none[0] = false;
    turns.take(() -> called.add("two"));
    begun.forEach(Runnable::run);

    assertThat(called).containsExactly("one", "two");
  }
}
