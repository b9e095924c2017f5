package io.machineid.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({"1,PT1S", "' 90 ',PT1M30S", "600,PT10M", "601,PT10M", "99999999999999999999,PT10M"})
  void seconds_areReadAndBounded(String value, Duration expected) {
    assertThat(RetryAfter.parse(value, NOW)).contains(expected);
  }

  @Test
  void date_isReckonedByTheServersClock() {
    assertThat(RetryAfter.parse("Thu, 01 Jan 2026 00:00:42 GMT", NOW))
        .contains(Duration.ofSeconds(42));
    assertThat(RetryAfter.parse("Fri, 02 Jan 2026 00:00:00 GMT", NOW)).contains(RetryAfter.LONGEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-5", "1.5", "soon", "Wed, 31 Dec 2025 23:59:59 GMT", "\u0663"})
  void anythingElse_isNoWish(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isEmpty();
  }
}
