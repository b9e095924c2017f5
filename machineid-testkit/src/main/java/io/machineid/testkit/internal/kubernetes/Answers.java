package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.TablePrinter.Options;
import io.machineid.testkit.internal.kubernetes.TablePrinter.RowObject;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Puts results into the form that was agreed on and sends them. */
final class Answers {

  private final TablePrinter printer;

  Answers(TablePrinter printer) {
    this.printer = printer;
  }

  /** Sends one object of a target's kind. */
  void object(ApiRequest request, Target target, int code, ObjectNode stored) {
    ResponseForm form = ResponseForm.of(request);
    ObjectNode object = shown(target, stored);
    ObjectNode answer =
        switch (form.shape()) {
          case OBJECTS -> object;
          case METADATA -> TablePrinter.metadataOnly(object, form.apiVersion());
          case TABLE -> table(request, target, form, List.of(object));
        };
    if (form.shape() == ResponseForm.Shape.TABLE) {
      Json.metadata(answer).put("resourceVersion", Json.version(object));
    }
    send(request, code, form, answer);
  }

  /** Sends a list; its metadata says what else there is. */
  void list(ApiRequest request, Target target, List<ObjectNode> objects, ObjectNode metadata) {
    ResponseForm form = ResponseForm.of(request);
    ObjectNode answer =
        switch (form.shape()) {
          case OBJECTS -> objectList(target, objects);
          case METADATA -> metadataList(form, objects);
          case TABLE -> table(request, target, form, objects);
        };
    Json.metadata(answer).setAll(metadata);
    send(request, 200, form, answer);
  }

  /** An object as part of a watch event. */
  ObjectNode event(ApiRequest request, Target target, ObjectNode stored, boolean first) {
    ResponseForm form = ResponseForm.of(request);
    ObjectNode object = shown(target, stored);
    return switch (form.shape()) {
      case OBJECTS -> object;
      case METADATA -> TablePrinter.metadataOnly(object, form.apiVersion());
      case TABLE -> {
        Options options = new Options(rows(request), first);
        yield printer.print(target, form.apiVersion(), List.of(object), options);
      }
    };
  }

  /** Sends any document. */
  void document(ApiRequest request, int code, JsonNode document) {
    send(request, code, ResponseForm.of(request), document);
  }

  static void error(KubernetesExchange exchange, ApiError error) {
    boolean pretty = exchange.headers().firstValue("User-Agent").orElse("").startsWith("curl/");
    exchange.respond(error.code(), headers("application/json"), Json.bytes(error.status(), pretty));
  }

  static void text(ApiRequest request, int code, String text) {
    request
        .exchange()
        .respond(code, headers("text/plain; charset=utf-8"), text.getBytes(StandardCharsets.UTF_8));
  }

  static HttpHeaders headers(String contentType) {
    return HttpHeaders.of(
        Map.of(
            "Content-Type",
            List.of(contentType),
            "Cache-Control",
            List.of("no-cache, private"),
            "Audit-Id",
            List.of(UUID.randomUUID().toString())),
        (name, value) -> true);
  }

  private static void send(ApiRequest request, int code, ResponseForm form, JsonNode answer) {
    byte[] body =
        form.yaml()
            ? Json.yaml(answer).getBytes(StandardCharsets.UTF_8)
            : Json.bytes(answer, form.pretty());
    request.exchange().respond(code, headers(form.contentType()), body);
  }

  /** The stored object as this version of its kind, kind and version first. */
  private static ObjectNode shown(Target target, ObjectNode stored) {
    ObjectNode object =
        Json.object().put("kind", target.type().kind()).put("apiVersion", target.apiVersion());
    stored
        .properties()
        .forEach(
            field -> {
              if (!object.has(field.getKey())) {
                object.set(field.getKey(), field.getValue());
              }
            });
    return object;
  }

  private ObjectNode table(
      ApiRequest request, Target target, ResponseForm form, List<ObjectNode> objects) {
    List<ObjectNode> shown = objects.stream().map(object -> shown(target, object)).toList();
    return printer.print(target, form.apiVersion(), shown, new Options(rows(request), true));
  }

  private static RowObject rows(ApiRequest request) {
    return RowObject.of(request.parameter("includeObject"));
  }

  private static ObjectNode objectList(Target target, List<ObjectNode> objects) {
    ObjectNode list = Json.object();
    list.put("kind", target.type().listKind()).put("apiVersion", target.apiVersion());
    list.putObject("metadata");
    ArrayNode items = list.putArray("items");
    for (ObjectNode object : objects) {
      ObjectNode item = shown(target, object);
      items.add(target.type().custom() ? item : item.without(List.of("kind", "apiVersion")));
    }
    return list;
  }

  private static ObjectNode metadataList(ResponseForm form, List<ObjectNode> objects) {
    ObjectNode list = Json.object();
    list.put("kind", "PartialObjectMetadataList").put("apiVersion", form.apiVersion());
    list.putObject("metadata");
    ArrayNode items = list.putArray("items");
    objects.forEach(o -> items.add(TablePrinter.metadataOnly(o, form.apiVersion())));
    return list;
  }
}
