package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestTimersTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final TestClock clock = TestClock.stoppedAt(START);
  private final TestTimers timers = new TestTimers(clock);
  private final List<String> ran = new ArrayList<>();

  private Runnable after(int seconds, String name) {
    return timers.schedule(
        () -> ran.add(name + " at " + Duration.between(START, clock.instant()).toSeconds()),
        Duration.ofSeconds(seconds));
  }

  private void advance(int seconds) {
    timers.advance(Duration.ofSeconds(seconds));
  }

  @Test
  void advance_runsWhatFallsDue_inOrder_eachAtItsTime() {
    after(20, "second");
    after(10, "first");
    after(31, "later");

    advance(30);

    assertThat(ran).containsExactly("first at 10", "second at 20");
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(30));
    assertThat(timers.waiting())
        .extracting(TestTimers.Timer::due)
        .containsExactly(START.plusSeconds(31));
  }

  @Test
  void advance_runsWhatIsScheduledOnTheWay() {
    timers.schedule(() -> after(5, "next"), Duration.ofSeconds(10));

    advance(15);

    assertThat(ran).containsExactly("next at 15");
  }

  @Test
  void advance_byNothing_runsWhatIsDueNow() {
    after(0, "now");

    advance(0);

    assertThat(ran).containsExactly("now at 0");
  }

  @Test
  void clockMovedByItself_runsNothing_andWhatIsOverdueRunsLate() {
    after(10, "overdue");

    clock.advance(Duration.ofHours(1));
    assertThat(ran).isEmpty();
    advance(1);

    assertThat(ran).containsExactly("overdue at 3600");
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(3601));
  }

  @Test
  void whatIsTakenBack_doesNotRun_andItsTwinDoes() {
    Runnable twice = () -> ran.add("once");
    Runnable takeBack = timers.schedule(twice, Duration.ofSeconds(1));
    timers.schedule(twice, Duration.ofSeconds(1));

    takeBack.run();
    takeBack.run();
    advance(1);

    assertThat(ran).containsExactly("once");
  }

  @Test
  void taskThatThrows_isHeardOf_andTheRestStillWaits() {
    timers.schedule(
        () -> {
          throw new IllegalStateException("broken");
        },
        Duration.ofSeconds(1));
    after(2, "other");

    assertThatThrownBy(() -> advance(5)).hasMessage("broken");
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(1));
    advance(1);

    assertThat(ran).containsExactly("other at 2");
  }

  @Test
  void advance_back_isRefused() {
    assertThatThrownBy(() -> advance(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(clock.instant()).isEqualTo(START);
  }
}
