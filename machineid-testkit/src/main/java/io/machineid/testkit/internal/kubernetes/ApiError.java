package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A request that fails, with the {@code Status} object that says why. */
final class ApiError extends RuntimeException {

  private final int code;
  private final String reason;
  private final transient @Nullable ObjectNode details;

  ApiError(int code, String reason, String message, @Nullable ObjectNode details) {
    super(message, null, false, false);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  ApiError(int code, String reason, String message) {
    this(code, reason, message, null);
  }

  int code() {
    return code;
  }

  /** The object that goes over the wire. */
  ObjectNode status() {
    ObjectNode status = Json.object();
    status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
    if (details != null) {
      status.set("details", details.deepCopy());
    }
    return status.put("code", code);
  }

  static ApiError notFound(ResourceType type, String name) {
    return new ApiError(
        404, "NotFound", type.qualified() + " \"" + name + "\" not found", details(type, name));
  }

  static ApiError unknownPath() {
    return new ApiError(
        404, "NotFound", "the server could not find the requested resource", Json.object());
  }

  static ApiError alreadyExists(ResourceType type, String name) {
    String message = type.qualified() + " \"" + name + "\" already exists";
    return new ApiError(409, "AlreadyExists", message, details(type, name));
  }

  static ApiError conflict(ResourceType type, String name, String why) {
    String message =
        "Operation cannot be fulfilled on " + type.qualified() + " \"" + name + "\": " + why;
    return new ApiError(409, "Conflict", message, details(type, name));
  }

  static ApiError modified(ResourceType type, String name) {
    return conflict(
        type,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  static ApiError badRequest(String message) {
    return new ApiError(400, "BadRequest", message);
  }

  /** An object that breaks a rule in one field. */
  static ApiError invalid(ResourceType type, String name, String field, String why) {
    ObjectNode details = Json.object().put("name", name);
    if (!type.group().isEmpty()) {
      details.put("group", type.group());
    }
    details.put("kind", type.kind());
    details
        .putArray("causes")
        .addObject()
        .put("reason", "FieldValueInvalid")
        .put("message", why)
        .put("field", field);
    String what = type.group().isEmpty() ? type.kind() : type.kind() + "." + type.group();
    String message = what + " \"" + name + "\" is invalid: " + field + ": " + why;
    return new ApiError(422, "Invalid", message, details);
  }

  static ApiError forbidden(String message, ObjectNode details) {
    return new ApiError(403, "Forbidden", message, details);
  }

  static ApiError methodNotAllowed() {
    return new ApiError(
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource",
        Json.object());
  }

  static ApiError notAcceptable() {
    return new ApiError(
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json, application/yaml");
  }

  static ApiError unsupportedMediaType(String accepted) {
    return new ApiError(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
            + accepted);
  }

  static ApiError tooLarge(int limit) {
    return new ApiError(
        413, "RequestEntityTooLarge", "Request entity too large: limit is " + limit, Json.object());
  }

  static ApiError expired(String message) {
    return new ApiError(410, "Expired", message);
  }

  static ApiError internal(String message) {
    return new ApiError(500, "InternalError", "Internal error occurred: " + message);
  }

  static ObjectNode details(ResourceType type, String name) {
    ObjectNode details = Json.object();
    if (!name.isEmpty()) {
      details.put("name", name);
    }
    if (!type.group().isEmpty()) {
      details.put("group", type.group());
    }
    return details.put("kind", type.plural());
  }
}
