package io.machineid.kubernetes.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.kubernetes.internal.DrainPolicy.Window;
import java.time.Instant;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrainPolicyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final DrainPolicy policy = new DrainPolicy(RandomGenerator.getDefault());

  @Test
  void window_ofALongCertificate_isTheNinthTenthOfTheRest() {
    assertThat(policy.window(NOW, NOW.plusSeconds(1000)))
        .isEqualTo(new Window(NOW.plusSeconds(800), NOW.plusSeconds(900)));
  }

  @Test
  void window_ofAFewSeconds_endsBeforeTheCertificate() {
    Window window = policy.window(NOW, NOW.plusSeconds(3));

    assertThat(window.begin()).isAfter(NOW);
    assertThat(window.end()).isBefore(NOW.plusSeconds(3));
  }

  @Test
  void window_ofACertificateThatHasEnded_isNow() {
    assertThat(policy.window(NOW, NOW.minusSeconds(1))).isEqualTo(new Window(NOW, NOW));
  }

  @Test
  void moments_ofManyStreams_areSpreadOverTheWindow() {
    Window window = policy.window(NOW, NOW.plusSeconds(3600));

    Set<Instant> moments =
        IntStream.range(0, 300).mapToObj(i -> policy.within(window)).collect(Collectors.toSet());

    assertThat(moments).hasSizeGreaterThan(250).allMatch(moment -> within(moment, window));
  }

  private static boolean within(Instant moment, Window window) {
    return !moment.isBefore(window.begin()) && !moment.isAfter(window.end());
  }
}
