package io.machineid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.machineid.BotEvent;
import io.machineid.BotState;
import io.machineid.JoinException;
import io.machineid.MachineIdException.Reason;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a process ends by itself. */
class EndOfIdentityTest {

  @ParameterizedTest
  @CsvSource({
    "EXPIRED, false, true",
    "EXPIRED, true, false",
    "DEGRADED, false, false",
    ", false, false"
  })
  void identity_thatCannotComeBack_endsTheProcess(BotState state, boolean retryable, boolean ends) {
    Stop stop = new Stop();
    EndOfIdentity watch = new EndOfIdentity(() -> Optional.ofNullable(state), stop);

    watch.on(
        new BotEvent.RenewalFailed(
            Optional.empty(),
            new JoinException(Reason.EXPIRED, retryable, "it has ended", null),
            Duration.ofMinutes(1)));

    assertThat(stop.isRequested()).isEqualTo(ends);
    if (ends) {
      assertThat(stop.await()).isEqualTo(ExitCodes.NOT_ADMITTED);
    }
  }
}
