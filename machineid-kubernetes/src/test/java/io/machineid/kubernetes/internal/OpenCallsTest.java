package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenCallsTest {

  private final OpenCalls open = new OpenCalls();
  private final AtomicInteger cut = new AtomicInteger();
  private final AtomicInteger drained = new AtomicInteger();

  @Test
  void end_whereThoseWhoReadThrowErrors_cutsAll() {
    open.whenDrained(drained::incrementAndGet);
    for (int i = 0; i < 3; i++) {
      assertThat(
              open.begin(
                  true,
                  why -> {
                    cut.incrementAndGet();
                    throw new AssertionError("a listener's own");
                  }))
          .isNotNull();
    }

    open.end(new IOException("the certificate ends"), Runnable::run);

    assertThat(cut).hasValue(3);
    assertThat(drained).hasValue(1);
    assertThat(open.isDrained()).isTrue();
  }

  @Test
  void end_whereThereIsNoThread_cutsAllTheSame() {
    assertThat(open.begin(true, why -> cut.incrementAndGet())).isNotNull();
    assertThat(open.begin(false, why -> cut.incrementAndGet())).isNotNull();

    open.end(
        new IOException("the access was closed"),
        task -> {
          throw new InternalError("no thread");
        });

    assertThat(cut).hasValue(2);
    assertThat(open.isDrained()).isTrue();
  }
}
