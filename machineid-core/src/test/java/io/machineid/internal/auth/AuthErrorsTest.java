package io.machineid.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.machineid.CredentialException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.Dialer;
import io.machineid.internal.transport.HostPort;
import io.machineid.testing.Golden;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals as a real cluster words them. */
class AuthErrorsTest {

  private static final AuthRoute ROUTE =
      AuthRoute.direct(
          HostPort.parse("auth.ex.test:3025"),
          "ex.test",
          AuthRoute.Means.of(new Dialer(ProxySelector.of(null))));

  /**
   * What a user has to hear, by the beginning of the captured case's name; the longest beginning
   * counts.
   */
  private static final Map<String, Reason> EXPECTED =
      Map.ofEntries(
          Map.entry("err-deleted-bot", Reason.FORBIDDEN),
          Map.entry("err-empty-public-key", Reason.BAD_RESPONSE),
          Map.entry("err-garbage-public-key", Reason.BAD_RESPONSE),
          Map.entry("err-pem-public-key", Reason.BAD_RESPONSE),
          Map.entry("err-empty-role-requests", Reason.FORBIDDEN),
          Map.entry("err-expired-cert", Reason.UNREACHABLE),
          Map.entry("err-expires", Reason.EXPIRED),
          Map.entry("err-gen-locked", Reason.LOCKED),
          Map.entry("err-locked-by-admin", Reason.LOCKED),
          Map.entry("err-generation-mismatch", Reason.LOCKED),
          Map.entry("err-generateusercerts-no-client-cert", Reason.FORBIDDEN),
          Map.entry("err-getca-unknown-domain", Reason.NOT_FOUND),
          Map.entry("err-getcas", Reason.FORBIDDEN),
          Map.entry("err-getrole", Reason.FORBIDDEN),
          Map.entry("err-kube-cluster-does-not-exist", Reason.NOT_FOUND),
          Map.entry("err-listresources-bad-predicate", Reason.BAD_RESPONSE),
          Map.entry("err-listresources-labels", Reason.FORBIDDEN),
          Map.entry("err-listresources-unknown-type", Reason.NOT_TELEPORT),
          Map.entry("err-other-username", Reason.FORBIDDEN),
          Map.entry("err-reissue", Reason.FORBIDDEN),
          Map.entry("err-role-does-not-exist", Reason.NOT_FOUND),
          Map.entry("err-role-not-granted", Reason.FORBIDDEN),
          Map.entry("err-route-to-unknown-cluster", Reason.NOT_FOUND));

  static Stream<Arguments> refusals() {
    return Golden.text("grpc-errors.tsv")
        .lines()
        .map(line -> Arguments.of((Object[]) line.split("\t", 3)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void refusal_captured_hasItsReasonAndTheServersWords(String name, String code, String message) {
    Reason expected =
        EXPECTED.entrySet().stream()
            .filter(entry -> name.startsWith(entry.getKey()))
            .max(java.util.Comparator.comparingInt(entry -> entry.getKey().length()))
            .orElseThrow()
            .getValue();
    String words = message.replace("\\n", "\n").replace("\\t", "\t");

    MachineIdException error =
        AuthErrors.of(
            Status.fromCode(Status.Code.valueOf(code)).withDescription(words).asRuntimeException(),
            ROUTE,
            "a call");

    assertThat(error.reason()).isEqualTo(expected);
    assertThat(error).hasMessageContaining("auth.ex.test:3025").hasMessageContaining("a call");
    assertThat(error.getMessage()).doesNotContain("\n");
  }

  @Test
  void roleThatDoesNotExist_isNamed_withWhatToDo() {
    MachineIdException error =
        AuthErrors.of(
            Status.NOT_FOUND.withDescription("role nope is not found").asRuntimeException(),
            ROUTE,
            "issuing a certificate with roles [nope]");

    assertThat(error.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(error)
        .hasMessageContaining("role nope is not found")
        .hasMessageContaining("tctl get roles");
  }

  @Test
  void answer_ofAWebServer_namesTheProxyAsTheLikelyCause() {
    MachineIdException error =
        AuthErrors.of(
            Status.UNKNOWN
                .withDescription("HTTP status code 302\nmissing content-type in response headers")
                .asRuntimeException(),
            ROUTE,
            "a call");

    assertThat(error.reason()).isEqualTo(Reason.NOT_TELEPORT);
    assertThat(error)
        .hasMessageContaining("auth.ex.test:3025")
        .hasMessageContaining("proxy_server")
        .hasMessageNotContaining("content-type");
  }

  @Test
  void alert_thatTheCertificateHasExpired_isExpired() {
    MachineIdException error =
        AuthErrors.of(
            Status.UNAVAILABLE
                .withCause(
                    new SSLHandshakeException(
                        "(certificate_expired) Received fatal alert: certificate_expired"))
                .asRuntimeException(),
            ROUTE,
            "a call");

    assertThat(error.reason()).isEqualTo(Reason.EXPIRED);
    assertThat(Optional.of(error)).get().extracting(MachineIdException::retryable).isEqualTo(false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESOURCE_EXHAUSTED,rate limit exceeded",
        "UNAVAILABLE,HTTP status code 429",
        "UNAVAILABLE,HTTP status code 503"
      })
  void limit_thatSaysHowLong_carriesTheWait(String answer) {
    String[] parts = answer.split(",", 2);
    Metadata trailers = new Metadata();
    trailers.put(Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER), "17");

    MachineIdException error =
        AuthErrors.of(
            Status.fromCode(Status.Code.valueOf(parts[0]))
                .withDescription(parts[1])
                .asRuntimeException(trailers),
            ROUTE,
            "a call");

    assertThat(error.reason()).isEqualTo(Reason.RATE_LIMITED);
    assertThat(error.retryable()).isTrue();
    assertThat(error.retryAfter()).contains(Duration.ofSeconds(17));
    assertThat(error).hasMessageContaining("Try again in 17 s").hasMessageContaining(parts[1]);
  }

  @Test
  void limit_thatDoesNotSayHowLong_isRetryableAllTheSame() {
    MachineIdException error =
        AuthErrors.of(Status.RESOURCE_EXHAUSTED.asRuntimeException(), ROUTE, "a call");

    assertThat(error.reason()).isEqualTo(Reason.RATE_LIMITED);
    assertThat(error.retryable()).isTrue();
    assertThat(error.retryAfter()).isEmpty();
  }

  static Stream<Status> withoutEffect() {
    return Stream.of(
        Status.PERMISSION_DENIED.withDescription("access denied"),
        Status.INVALID_ARGUMENT,
        Status.NOT_FOUND,
        Status.UNIMPLEMENTED,
        Status.UNAUTHENTICATED,
        Status.RESOURCE_EXHAUSTED.withDescription("rate limit exceeded"),
        Status.UNAVAILABLE.withDescription("HTTP status code 429"),
        Status.UNAVAILABLE.withDescription("Timed out waiting for second handshake thread."),
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new ConnectException("Connection refused")),
        Status.UNAVAILABLE.withCause(new UnknownHostException("auth.ex.test")),
        Status.UNAVAILABLE.withCause(new SSLHandshakeException("PKIX path building failed")),
        Status.UNAVAILABLE.withCause(
            new SSLException("Received fatal alert: certificate_expired")));
  }

  @ParameterizedTest
  @MethodSource("withoutEffect")
  void callThatWasRefusedOrNotSent_isCertainlyWithoutEffect(Status status) {
    assertThat(isWithoutEffect(status)).isTrue();
  }

  static Stream<Status> inDoubt() {
    return Stream.of(
        Status.DEADLINE_EXCEEDED,
        Status.CANCELLED.withDescription("RST_STREAM closed stream. HTTP/2 error code: CANCEL"),
        Status.INTERNAL.withDescription("RST_STREAM closed stream. HTTP/2 error code: INTERNAL"),
        Status.UNKNOWN,
        Status.ABORTED,
        Status.UNAVAILABLE.withDescription("HTTP status code 502"),
        Status.UNAVAILABLE.withDescription("HTTP status code 503"),
        Status.UNAVAILABLE.withDescription("HTTP status code 504"),
        Status.UNAVAILABLE.withDescription("End of stream or IOException"),
        Status.UNAVAILABLE.withCause(new SocketException("Connection reset")),
        Status.UNAVAILABLE.withCause(new SocketException("No route to host")),
        Status.UNAVAILABLE.withCause(new SocketException("Network is unreachable")),
        Status.UNAVAILABLE.withCause(new SSLException(new SocketException("Connection reset"))),
        Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 4194304: 5"),
        Status.RESOURCE_EXHAUSTED.withDescription("RST_STREAM closed stream. Bandwidth exhausted"));
  }

  @ParameterizedTest
  @MethodSource("inDoubt")
  void callThatMayHaveBeenCarriedOut_isInDoubt(Status status) {
    assertThat(isWithoutEffect(status)).isFalse();
  }

  private static boolean isWithoutEffect(Status status) {
    return AuthErrors.isWithoutEffect(
        AuthErrors.of(status.asRuntimeException(), ROUTE, "renewing the bot's identity"));
  }

  @Test
  void answerThatCannotBeDecoded_isInDoubt() {
    CredentialException unusable =
        new CredentialException(
            Reason.BAD_RESPONSE, false, "cannot be decoded", new CertificateException("not DER"));

    assertThat(AuthErrors.isWithoutEffect(unusable)).isFalse();
  }
}
