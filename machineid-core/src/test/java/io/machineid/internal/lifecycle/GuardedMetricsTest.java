package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.machineid.BotMetrics;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GuardedMetricsTest {

  @Test
  void counter_ofAnotherVersionOfItsLibrary_endsNothing() {
    BotMetrics counters =
        new BotMetrics() {
          @Override
          public void credentialIssued(Duration took) {
            throw new NoSuchMethodError("for a test");
          }
        };

    assertThatCode(() -> new GuardedMetrics(counters).credentialIssued(Duration.ZERO))
        .doesNotThrowAnyException();
  }
}
