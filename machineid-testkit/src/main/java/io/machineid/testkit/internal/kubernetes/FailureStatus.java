package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * A failure as Teleport words it: a Kubernetes {@code Status} without details.
 *
 * @param code the HTTP status
 * @param reason Kubernetes' word for it
 * @param message the sentence for people
 */
public record FailureStatus(int code, String reason, String message) {

  private static final JsonMapper JSON = new JsonMapper();

  /** 403. */
  public static FailureStatus forbidden(String message) {
    return new FailureStatus(403, "Forbidden", message);
  }

  /** 404. */
  public static FailureStatus notFound(String message) {
    return new FailureStatus(404, "NotFound", message);
  }

  /** 413. */
  public static FailureStatus tooLarge(String message) {
    return new FailureStatus(413, "RequestEntityTooLarge", message);
  }

  /** 500. */
  public static FailureStatus internalError(String message) {
    return new FailureStatus(500, "InternalError", message);
  }

  /** 504, for whatever lies behind and cannot be reached. */
  public static FailureStatus unreachable(String message) {
    return new FailureStatus(504, "Timeout", message);
  }

  /** The body: one line of JSON and a line feed. */
  public byte[] json() {
    ObjectNode status = JSON.createObjectNode();
    status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    status.put("status", "Failure").put("message", message).put("reason", reason).put("code", code);
    return (status + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
