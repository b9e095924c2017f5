package io.machineid.internal.auth;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.auth.JoinClient.KeyRefused;
import io.machineid.internal.transport.AuthRoute;
import io.machineid.internal.transport.CertificateLook;
import io.machineid.internal.transport.TransportErrors;

/** What the failures of joins over gRPC mean. */
final class JoinErrors {

  private JoinErrors() {}

  /**
   * The typed error for a join that failed.
   *
   * @param error what gRPC threw
   * @param order what was sent
   * @param route where it was sent
   * @throws KeyRefused when another kind of key may do
   */
  static MachineIdException of(StatusRuntimeException error, JoinOrder order, AuthRoute route)
      throws KeyRefused {
    Status status = error.getStatus();
    String told = AuthErrors.quote(status.getDescription() == null ? "" : status.getDescription());
    String call = "joining at " + route.address();
    if (told.contains("ssh: no key found") || told.contains("unsupported key")) {
      throw new KeyRefused();
    }
    return switch (status.getCode()) {
      case PERMISSION_DENIED, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION ->
          JoinRefusals.denied(order, call, told, error);
      case UNIMPLEMENTED ->
          new JoinException(
              Reason.JOIN_DENIED,
              false,
              "%s: the cluster does not take joins by the method `%s`: its version is too old, or too new, for that"
                  .formatted(call, order.method()),
              error);
      case UNKNOWN ->
          JoinRefusals.isOfEvidence(told)
              ? JoinRefusals.denied(order, call, told, error)
              : unknown(error, told, call, route);
      default -> AuthErrors.of(error, route, "joining");
    };
  }

  private static MachineIdException unknown(
      StatusRuntimeException error, String told, String call, AuthRoute route) {
    return told.startsWith("HTTP status code")
        ? AuthErrors.of(error, route, "joining")
        : new JoinException(
            Reason.BAD_RESPONSE,
            true,
            told.isEmpty()
                ? call + ": the cluster ended the join without an answer"
                : "%s: %s".formatted(call, told),
            error);
  }

  /**
   * Whether a join failed for the certificate that we came with, and not for what we had to say: a
   * stranger may have more luck. May block.
   *
   * @param channel where it failed
   */
  static boolean isOfOwnCertificate(MachineIdException failure, JoinChannel channel) {
    return switch (failure.reason()) {
      case EXPIRED, UNTRUSTED -> true;
      default ->
          TransportErrors.isOfClientCertificate(failure)
              || isOfUserThatIsGone(failure)
              || (AuthErrors.isUnanswered(failure)
                  && CertificateLook.isRefused(channel.route(), channel.tls()));
    };
  }

  /**
   * Whether there is no such call where the join was made: a proxy may have it where the auth
   * service has not.
   */
  static boolean isOfUnknownCall(MachineIdException failure) {
    return failure.getCause() instanceof StatusRuntimeException error
        && error.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
  }

  private static boolean isOfUserThatIsGone(MachineIdException failure) {
    return failure.getCause() instanceof StatusRuntimeException error
        && error.getStatus().getCode() == Status.Code.NOT_FOUND
        && String.valueOf(error.getStatus().getDescription()).startsWith("access denied");
  }
}
