package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The least that clients must find under {@code /openapi}: which kinds there are, and that writing
 * them takes {@code fieldValidation} and {@code dryRun}. Their fields are not described.
 */
final class OpenApi {

  /** What the binary form is called in answers; clients ask for it with {@code @} for a dot. */
  static final String V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private static final String TITLE = "Kubernetes";

  private final TypeRegistry types;

  OpenApi(TypeRegistry types) {
    this.types = types;
  }

  /** {@code /openapi/v2} as JSON. */
  ObjectNode v2(String version) {
    ObjectNode document = Json.object().put("swagger", "2.0");
    document.putObject("info").put("title", TITLE).put("version", version);
    ObjectNode paths = document.putObject("paths");
    for (ResourceType type : types.all()) {
      for (String v : type.versions()) {
        paths.putObject(path(type, v)).set("patch", operation(type, v));
      }
    }
    document.putObject("definitions");
    return document;
  }

  /** {@code /openapi/v2} in the binary form that old clients insist on, without any path. */
  static byte[] v2Protobuf(String version) {
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    field(info, 1, TITLE.getBytes(StandardCharsets.UTF_8));
    field(info, 2, version.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    field(document, 1, "2.0".getBytes(StandardCharsets.UTF_8));
    field(document, 2, info.toByteArray());
    field(document, 8, new byte[0]);
    return document.toByteArray();
  }

  private static void field(ByteArrayOutputStream message, int number, byte[] value) {
    message.write(number << 3 | 2);
    message.write(value.length);
    message.writeBytes(value);
  }

  /** {@code /openapi/v3}: where each group's document is. */
  ObjectNode v3Index() {
    ObjectNode index = Json.object();
    ObjectNode paths = index.putObject("paths");
    link(paths, "api/v1");
    types
        .groups()
        .forEach(
            (group, versions) -> versions.forEach(v -> link(paths, "apis/" + group + "/" + v)));
    return index;
  }

  private static void link(ObjectNode paths, String path) {
    paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path);
  }

  /** {@code /openapi/v3/api/v1} and {@code /openapi/v3/apis/<group>/<version>}. */
  ObjectNode v3(String group, String version) {
    List<ResourceType> served = types.of(group, version);
    if (served.isEmpty()) {
      throw ApiError.unknownPath();
    }
    ObjectNode document = Json.object().put("openapi", "3.0.0");
    document.putObject("info").put("title", TITLE).put("version", version);
    ObjectNode paths = document.putObject("paths");
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    for (ResourceType type : served) {
      paths.putObject(path(type, version)).set("patch", operation(type, version));
      ObjectNode schema = schemas.putObject(schemaName(type, version)).put("type", "object");
      schema.put("x-kubernetes-preserve-unknown-fields", true);
      schema.putArray("x-kubernetes-group-version-kind").add(groupVersionKind(type, version));
    }
    return document;
  }

  private static String schemaName(ResourceType type, String version) {
    String group = type.group().isEmpty() ? "core" : type.group();
    return "io.k8s.api." + group + "." + version + "." + type.kind();
  }

  private static String path(ResourceType type, String version) {
    String root = type.group().isEmpty() ? "/api/" : "/apis/" + type.group() + "/";
    String scope = type.namespaced() ? "/namespaces/{namespace}/" : "/";
    return root + version + scope + type.plural() + "/{name}";
  }

  private static ObjectNode operation(ResourceType type, String version) {
    ObjectNode operation = Json.object().put("x-kubernetes-action", "patch");
    for (String parameter : List.of("dryRun", "fieldManager", "fieldValidation", "force")) {
      operation
          .withArray("parameters")
          .addObject()
          .put("name", parameter)
          .put("in", "query")
          .set("schema", Json.object().put("type", "string"));
    }
    operation.putObject("responses").putObject("200").put("description", "OK");
    return operation.set("x-kubernetes-group-version-kind", groupVersionKind(type, version));
  }

  private static ObjectNode groupVersionKind(ResourceType type, String version) {
    return Json.object()
        .put("group", type.group())
        .put("version", version)
        .put("kind", type.kind());
  }
}
