package io.machineid;

import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.machineid.join.JoinMethod;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who passes on a variable of the environment that is not set reads what is missing. */
@SuppressWarnings("NullAway")
class MissingArgumentTest {

  static Stream<Arguments> calls() {
    return Stream.of(
        call("token", () -> JoinMethod.token(null)),
        call("address", () -> Bot.builder().proxy(null)),
        call("address", () -> Bot.builder().authServer(null)),
        call("timeout", () -> Bot.builder().start(null)),
        call("Kubernetes cluster", () -> CredentialRequest.kubernetes(null)),
        call("role", () -> CredentialRequest.kubernetes("example", (String) null)),
        call("roles", () -> CredentialRequest.forRoles((String[]) null)));
  }

  private static Arguments call(String what, ThrowingCallable call) {
    return Arguments.of(what, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void missing_isNamed(String what, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessageStartingWith(what);
  }
}
