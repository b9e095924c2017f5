package io.machineid.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.machineid.Credential;
import io.machineid.CredentialException;
import io.machineid.CredentialRequest;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.pki.KeyAlgorithm;
import io.machineid.testing.FakeScheduler;
import io.machineid.testing.Golden;
import io.machineid.testkit.TestClock;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutputTest {

  private static final X509Certificate CERTIFICATE = Golden.certificate("output-impersonated");
  private static final PrivateKey KEY = KeyAlgorithm.ECDSA_P256.generate().getPrivate();

  private final FakeScheduler clock =
      new FakeScheduler(TestClock.stoppedAt(CERTIFICATE.getNotBefore().toInstant()));
  private final Events events = new Events(List.of());
  private final List<Output> closed = new ArrayList<>();

  @AfterEach
  void stop() {
    events.close();
  }

  private static Credential credential(long generation) {
    return new Credential(generation, CERTIFICATE, KEY, List.of(), List.of(), "", List.of());
  }

  private Output output(LongFunction<Credential> issuer) {
    Output.Owner owner =
        new Output.Owner() {
          @Override
          public void settled(Optional<MachineIdException> error) {}

          @Override
          public void closed(Output output) {
            closed.add(output);
          }
        };
    Output output = new Output(CredentialRequest.forRoles("example-role"), issuer, events, owner);
    output.start(
        new RenewalLoop.Setting(
            new ServerTime(clock),
            clock,
            Runnable::run,
            new RenewalPolicy(Optional.empty(), new Random(1))));
    return output;
  }

  /** The cluster's authorities change while a renewal is under way that knows the old ones. */
  @Test
  void renewal_wantedWhileOneIsUnderWayAndThenFailed_isStillWanted() {
    List<Long> asked = new ArrayList<>();
    List<Output> outputs = new ArrayList<>();
    outputs.add(
        output(
            generation -> {
              asked.add(generation);
              if (asked.size() == 2) {
                outputs.get(0).renewSoon();
              } else if (asked.size() == 3) {
                throw new CredentialException(Reason.UNREACHABLE, true, "down", null);
              }
              return credential(generation);
            }));
    outputs.get(0).renewSoon();
    clock.advance(Duration.ZERO);
    assertThat(asked).containsExactly(1L, 2L, 3L);

    outputs.get(0).retryWanted(); // as when the cluster answers again
    clock.advance(Duration.ZERO);

    assertThat(asked).containsExactly(1L, 2L, 3L, 3L);
    outputs.get(0).retryWanted();
    clock.advance(Duration.ZERO);
    assertThat(asked).as("there is nothing wanted any more").hasSize(4);
  }

  @Test
  void close_withAListenerThatFailsByAnError_isWhole() {
    Output output = output(OutputTest::credential);
    List<String> told = new ArrayList<>();
    output.onClose(
        () -> {
          throw new AssertionError("for a test");
        });
    output.onClose(() -> told.add("second"));

    assertThatCode(output::close).doesNotThrowAnyException();

    assertThat(told).containsExactly("second");
    assertThat(closed).containsExactly(output);
    assertThat(clock.pending()).isZero();
  }
}
