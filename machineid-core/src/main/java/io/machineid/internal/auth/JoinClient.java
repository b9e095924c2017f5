package io.machineid.internal.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.ConnectionException;
import io.machineid.JoinException;
import io.machineid.MachineIdException;
import io.machineid.MachineIdException.Reason;
import io.machineid.internal.discovery.WebApi;
import io.machineid.internal.pki.Pem;
import io.machineid.internal.pki.SshKeys;
import io.machineid.internal.transport.HostPort;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;

/** Joining over HTTP: by a proxy's web API, or by an auth server's own. */
public final class JoinClient {

  private final Post post;
  private final HostPort address;
  private final String path;

  /**
   * Makes a client.
   *
   * @param post sends to the server's API
   * @param address the server, for messages
   * @param path where that server takes joins
   */
  JoinClient(Post post, HostPort address, String path) {
    this.post = post;
    this.address = address;
    this.path = path;
  }

  /** The server did not like the kind of our key. */
  public static final class KeyRefused extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Asks once to be let in.
   *
   * @param order what is sent
   * @throws KeyRefused when another kind of key may do
   * @throws JoinException when the cluster says no, or may have said something that we never got
   */
  public IssuedCertificates join(JoinOrder order) throws KeyRefused {
    WebApi.Answer answer = post(order);
    if (answer.status() == 200 && answer.body().isObject()) {
      return IssuedCertificates.of(answer.body(), order.key());
    }
    if (answer.errorMessage().contains("ssh:")
        || answer.errorMessage().contains("unsupported key")) {
      throw new KeyRefused();
    }
    throw refused(answer, order);
  }

  /** Sends a document, once. */
  @FunctionalInterface
  interface Post {

    /** Blocks. */
    WebApi.Answer post(String path, JsonNode body);
  }

  private WebApi.Answer post(JoinOrder order) {
    try {
      return post.post(path, body(order));
    } catch (ConnectionException e) {
      boolean sent =
          e.reason() == Reason.TIMEOUT
              || e.reason() == Reason.BAD_RESPONSE
              || (e.reason() == Reason.UNREACHABLE && !(e.getCause() instanceof ConnectException));
      if (!sent || !order.usesTokenUp()) {
        throw e;
      }
      throw maybeUsedUp(e);
    }
  }

  /** The error for an answer that was lost, to a join that can be made once only. */
  static JoinException maybeUsedUp(MachineIdException failure) {
    return new JoinException(
        failure.reason(),
        failure.retryable(),
        failure.getMessage()
            + ". If the request arrived, the cluster has used up the token: join again, and with a new token if that is refused",
        failure);
  }

  private static ObjectNode body(JoinOrder order) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("hostID", "").put("node_name", "").put("role", "Bot").put("token", order.token());
    body.putNull("additional_principals").putNull("dns_names");
    PublicKey key = order.key();
    body.put("public_tls_key", Pem.publicKey(key).getBytes(StandardCharsets.US_ASCII));
    body.put("public_ssh_key", SshKeys.authorizedKey(key).getBytes(StandardCharsets.US_ASCII));
    body.put("remote_addr", "");
    order.idToken().ifPresent(token -> body.put("id_token", token));
    return body.put("expires", order.expires().toString());
  }

  private MachineIdException refused(WebApi.Answer answer, JoinOrder order) {
    String said = AuthErrors.quote(answer.errorMessage());
    String call = "joining at %s".formatted(address);
    if (answer.isRateLimit()) {
      return new JoinException(
          Reason.RATE_LIMITED,
          true,
          "%s: status %d: too many requests%s%s"
              .formatted(
                  call, answer.status(), said.isEmpty() ? "" : ": " + said, answer.waitInWords()),
          null,
          answer.retryAfter());
    }
    if (said.isEmpty()) {
      return new ConnectionException(
          Reason.NOT_TELEPORT,
          answer.status() >= 500,
          "%s: status %d and no Teleport answer to %s. Check the address"
              .formatted(call, answer.status(), path),
          null);
    }
    boolean denied =
        switch (answer.status()) {
          case 400, 403, 404, 409, 412 -> true;
          default -> JoinRefusals.isOfEvidence(said);
        };
    return denied
        ? JoinRefusals.denied(order, call, said, null)
        : new JoinException(
            Reason.BAD_RESPONSE,
            true,
            "%s: status %d: %s".formatted(call, answer.status(), said),
            null);
  }
}
