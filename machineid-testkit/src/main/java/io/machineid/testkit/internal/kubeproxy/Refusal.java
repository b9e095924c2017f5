package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** A request ends here, with this answer. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient HttpHeaders headers;
  private final byte[] body;

  private Refusal(int status, HttpHeaders headers, Headers.Seal seal, byte[] body) {
    super("status " + status, null, false, false);
    this.status = status;
    this.headers = Headers.secured(headers, seal);
    this.body = body;
  }

  /** The proxy refuses before an agent is asked. */
  static Refusal byProxy(FailureStatus failure) {
    return new Refusal(failure.code(), Headers.JSON, Headers.Seal.PROXY, failure.json());
  }

  /** The agent refuses. */
  static Refusal byAgent(FailureStatus failure) {
    return new Refusal(failure.code(), Headers.JSON, Headers.Seal.AGENT, failure.json());
  }

  /** The agent refuses with a body of its own. */
  static Refusal byAgent(int status, byte[] json) {
    return new Refusal(status, Headers.JSON, Headers.Seal.AGENT, json);
  }

  /** Plain text, as the proxy does where it has not got as far as Kubernetes. */
  static Refusal text(int status, String text) {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    return new Refusal(status, Headers.TEXT, Headers.Seal.PROXY, body);
  }

  /** The general error form of Teleport's web side. */
  static Refusal webError(int status, String message) {
    String body = "{\n    \"error\": {\n        \"message\": \"" + message + "\"\n    }\n}";
    return new Refusal(
        status, Headers.JSON, Headers.Seal.NONE, body.getBytes(StandardCharsets.UTF_8));
  }

  void answer(Answer answer) {
    answer.respond(status, headers, body);
  }
}
