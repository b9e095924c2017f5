package io.machineid.internal.auth;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.CredentialException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.RetryAfter;
import io.machineid.internal.transport.TransportErrors;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What an auth service's refusals mean: the one place that reads its status codes and messages. */
final class AuthErrors {

  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);
  private static final String OTHER_COUNT = "generation mismatch";
  private static final int QUOTE_LIMIT = 400;

  private AuthErrors() {}

  /**
   * The typed error for a failed call.
   *
   * @param error what gRPC threw
   * @param route where the call went
   * @param what what was tried, for the message
   */
  static MachineIdException of(StatusRuntimeException error, AuthRoute route, String what) {
    Status status = error.getStatus();
    String call = "%s at %s".formatted(what, route.address());
    String said = quote(status.getDescription() == null ? "" : status.getDescription());
    return switch (status.getCode()) {
      case UNAVAILABLE -> unavailable(error, route, call);
      case DEADLINE_EXCEEDED -> failed(Reason.TIMEOUT, true, call + ": no answer in time", error);
      case PERMISSION_DENIED -> denied(said, call, error);
      case NOT_FOUND -> notFound(said, call, error);
      case INVALID_ARGUMENT ->
          failed(
              said.contains("Kubernetes cluster") ? Reason.NOT_FOUND : Reason.FORBIDDEN,
              false,
              "%s: the cluster refused the request: %s".formatted(call, said),
              error);
      case RESOURCE_EXHAUSTED ->
          limited("%s: too many requests, or too much to answer: %s".formatted(call, said), error);
      case FAILED_PRECONDITION, ABORTED ->
          failed(
              Reason.BAD_RESPONSE,
              true,
              "%s: another change came first: %s".formatted(call, said),
              error);
      case UNIMPLEMENTED ->
          failed(
              Reason.NOT_TELEPORT,
              false,
              "%s: the server does not know this call; it is no Teleport auth service, or of a version not supported"
                  .formatted(call),
              error);
      case UNKNOWN -> unknown(said, call, error);
      default ->
          failed(
              Reason.BAD_RESPONSE,
              status.getCode() != Status.Code.INTERNAL,
              "%s: the cluster answered %s: %s".formatted(call, status.getCode(), said),
              error);
    };
  }

  private static MachineIdException unknown(String said, String call, Throwable cause) {
    // gRPC's own words for an answer in HTTP that is none in gRPC.
    if (said.startsWith("HTTP status code")) {
      return failed(
          Reason.NOT_TELEPORT,
          false,
          call
              + ": a web server answers there, no auth service. If it is the cluster's proxy, give it as the proxy (proxy_server)",
          cause);
    }
    return failed(
        Reason.BAD_RESPONSE,
        true,
        "%s: the cluster answered UNKNOWN: %s".formatted(call, said),
        cause);
  }

  private static CredentialException limited(String message, StatusRuntimeException error) {
    Metadata told = error.getTrailers();
    Optional<Duration> wait =
        Optional.ofNullable(told == null ? null : told.get(RETRY_AFTER))
            .flatMap(value -> RetryAfter.parse(value, Instant.now()));
    String again = wait.map(time -> ". Try again in " + time.toSeconds() + " s").orElse("");
    return new CredentialException(Reason.RATE_LIMITED, true, message + again, error, wait);
  }

  private static MachineIdException unavailable(
      StatusRuntimeException error, AuthRoute route, String call) {
    // gRPC's own words for what something in between answers in HTTP.
    String said = String.valueOf(error.getStatus().getDescription());
    boolean told = error.getTrailers() != null && error.getTrailers().containsKey(RETRY_AFTER);
    if (said.startsWith("HTTP status code 429")
        || (said.startsWith("HTTP status code 503") && told)) {
      return limited("%s: too many requests: %s".formatted(call, quote(said)), error);
    }
    for (Throwable at = error; at != null; at = at.getCause()) {
      String text = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
      if (text.contains("certificate_expired") || text.contains("certificate expired")) {
        return failed(
            Reason.EXPIRED,
            false,
            call
                + ": the server refused our certificate because it has expired. Join again with a new token",
            error);
      }
    }
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return TransportErrors.of(cause, route.address(), call.substring(0, call.lastIndexOf(" at ")));
  }

  private static MachineIdException denied(String said, String call, Throwable cause) {
    if (said.contains(OTHER_COUNT)) {
      return failed(
          Reason.LOCKED,
          false,
          "%s: this identity was renewed elsewhere and the cluster has locked the bot: %s. Make sure that one process alone uses it, remove the lock (`tctl get locks`, `tctl rm lock/…`), and join with a new token"
              .formatted(call, said),
          cause);
    }
    if (said.contains("credentials have expired")) {
      return failed(Reason.EXPIRED, false, "%s: %s".formatted(call, said), cause);
    }
    if (said.equals("access denied")) {
      return failed(
          Reason.LOCKED,
          false,
          "%s: access denied without a reason: most likely the bot is locked. An administrator sees locks with `tctl get locks`"
              .formatted(call),
          cause);
    }
    String advice =
        said.contains("role impersonation")
            ? ". Ask an administrator to grant the role to the bot (`tctl bots update <bot> --add-roles <role>`)"
            : "";
    return failed(
        Reason.FORBIDDEN, false, "%s: refused: %s%s".formatted(call, said, advice), cause);
  }

  private static MachineIdException notFound(String said, String call, Throwable cause) {
    boolean botGone = said.contains("access denied");
    if (said.startsWith("remote cluster")) {
      return failed(
          Reason.NOT_FOUND,
          false,
          "%s: %s. The bot's cluster knows no leaf cluster of that name; an administrator sees those that it knows with `tctl get remote_clusters`"
              .formatted(call, said),
          cause);
    }
    if (said.startsWith("role ")) {
      return failed(
          Reason.NOT_FOUND,
          false,
          "%s: not found: %s. Check the roles asked for: each must exist (`tctl get roles`) and be granted to the bot (`tctl bots update <bot> --add-roles <role>`)"
              .formatted(call, said),
          cause);
    }
    return failed(
        botGone ? Reason.FORBIDDEN : Reason.NOT_FOUND,
        false,
        "%s: %s: %s".formatted(call, botGone ? "the bot no longer exists" : "not found", said),
        cause);
  }

  private static CredentialException failed(
      Reason reason, boolean retryable, String message, Throwable cause) {
    return new CredentialException(reason, retryable, message, cause);
  }

  /** Whether a call was sent, or may have been, and nobody answered it. */
  static boolean isUnanswered(MachineIdException failure) {
    Throwable cause = failure.getCause();
    return switch (failure.reason()) {
      case TIMEOUT -> true;
      case UNREACHABLE ->
          cause instanceof StatusRuntimeException status
              ? RepeatedReads.isCut(status)
              : cause != null && TransportErrors.isCut(cause);
      default -> false;
    };
  }

  /**
   * Whether a call was certainly not carried out: the server has refused it, or cannot have got it.
   * In doubt it was: a proxy's word, a broken stream or an answer that is of no use prove nothing.
   */
  static boolean isWithoutEffect(MachineIdException failure) {
    if (failure.getCause() instanceof StatusRuntimeException error
        && (isRefusal(error) || RepeatedReads.isUndialled(error))) {
      return true;
    }
    return switch (failure.reason()) {
      case UNREACHABLE, UNTRUSTED, EXPIRED, CONFIGURATION ->
          TransportErrors.isOfConnecting(failure);
      default -> false;
    };
  }

  /** Whether the cluster's count of renewals is another than the one that was shown. */
  static boolean isOfCount(MachineIdException failure) {
    return failure.getCause() instanceof StatusRuntimeException error
        && String.valueOf(error.getStatus().getDescription()).contains(OTHER_COUNT);
  }

  private static boolean isRefusal(StatusRuntimeException error) {
    String words = String.valueOf(error.getStatus().getDescription()).toLowerCase(Locale.ROOT);
    return switch (error.getStatus().getCode()) {
      case PERMISSION_DENIED, INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED, UNAUTHENTICATED -> true;
      // gRPC itself says so of an answer that is too large, and of streams that were reset.
      case RESOURCE_EXHAUSTED -> words.contains("rate limit");
      case UNAVAILABLE -> words.startsWith("http status code 429");
      default -> false;
    };
  }

  /** A server's words on one line, of bounded length. */
  static String quote(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= QUOTE_LIMIT ? line : line.substring(0, QUOTE_LIMIT) + "…";
  }
}
