package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;

/** Reads what clients send: JSON, YAML or protobuf. */
final class RequestBody {

  private RequestBody() {}

  /** Loads the table of binary forms when it is first needed. */
  private static final class Holder {
    private static final ProtobufReader READER = new ProtobufReader(ProtobufSchema.load());
  }

  /** The document in the body; a missing node where there is none. */
  static JsonNode document(ApiRequest request) {
    String type = request.header("Content-Type").toLowerCase(Locale.ROOT);
    byte[] body = request.exchange().body();
    if (type.contains("cbor")) {
      throw ApiError.unsupportedMediaType(
          "application/json, application/yaml, application/vnd.kubernetes.protobuf");
    }
    try {
      if (type.contains("protobuf")) {
        return Holder.READER.read(body);
      }
      return type.contains("yaml") ? Json.readYaml(body) : Json.readJson(body);
    } catch (IOException e) {
      throw ApiError.badRequest(
          "the object provided is unrecognized: not in the format of its content type");
    }
  }

  /** The object in the body, which must be of the target's kind. */
  static ObjectNode object(ApiRequest request, Target target) {
    if (!(document(request) instanceof ObjectNode object)) {
      throw ApiError.badRequest("the body of the request is not an object");
    }
    return checked(object, target);
  }

  /** Checks kind, version, name and namespace against the path; fills in what is left out. */
  static ObjectNode checked(ObjectNode object, Target target) {
    same("kind in the data", Json.text(object, "kind"), target.type().kind());
    same("API version in the data", Json.text(object, "apiVersion"), target.apiVersion());
    object.put("kind", target.type().kind()).put("apiVersion", target.apiVersion());
    String namespace = Json.namespace(object);
    if (target.type().namespaced()
        && !namespace.isEmpty()
        && !namespace.equals(target.namespace())) {
      throw ApiError.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    String name = Json.name(object);
    if (!target.name().isEmpty() && !name.isEmpty() && !name.equals(target.name())) {
      throw ApiError.badRequest(
          "the name of the object (" + name + ") does not match the name on the URL");
    }
    if (!target.name().isEmpty()) {
      Json.metadata(object).put("name", target.name());
    }
    return object;
  }

  private static void same(String what, String given, String expected) {
    if (!given.isEmpty() && !given.equals(expected)) {
      throw ApiError.badRequest(
          "the " + what + " (" + given + ") does not match the expected one (" + expected + ")");
    }
  }
}
