package io.machineid.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The time of a fake cluster. It goes on with the time of the machine, or stands still, and jumps
 * where a test says so. Certificates are issued and checked by it. Thread-safe.
 */
public final class TestClock implements InstantSource {

  private final InstantSource base;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  private TestClock(InstantSource base) {
    this.base = base;
  }

  /**
   * A clock that shows the machine's time and goes on with it.
   *
   * @return the clock
   */
  public static TestClock running() {
    return new TestClock(InstantSource.system());
  }

  /**
   * A clock that stands still until it is advanced.
   *
   * @param instant what it shows
   * @return the clock
   */
  public static TestClock stoppedAt(Instant instant) {
    return new TestClock(InstantSource.fixed(instant));
  }

  /**
   * Moves this clock.
   *
   * @param duration by how much; negative moves it back
   */
  public void advance(Duration duration) {
    ahead.updateAndGet(before -> before.plus(duration));
  }

  @Override
  public Instant instant() {
    return base.instant().plus(ahead.get());
  }

  @Override
  public String toString() {
    return "TestClock[" + instant() + "]";
  }
}
