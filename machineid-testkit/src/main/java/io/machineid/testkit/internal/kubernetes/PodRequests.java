package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.machineid.testkit.internal.kubernetes.ObjectWriter.Write;
import java.util.ArrayList;
import java.util.List;

/** What can be done with pods only: logs, streams, eviction, binding to a node. */
final class PodRequests {

  private final ObjectWriter writer;
  private final ObjectRemover remover;
  private final Answers answers;
  private final PodLogs logs;
  private final PodStreams streams;

  PodRequests(
      ObjectWriter writer,
      ObjectRemover remover,
      Answers answers,
      PodLogs logs,
      PodStreams streams) {
    this.writer = writer;
    this.remover = remover;
    this.answers = answers;
    this.logs = logs;
    this.streams = streams;
  }

  void answer(ApiRequest request, Target target) {
    switch (target.subresource()) {
      case "log" -> log(request, target);
      case "exec", "attach", "portforward" -> streams.answer(request, target);
      case "eviction" -> {
        require(request, "POST");
        ObjectRemover.Options options =
            ObjectRemover.Options.of(request, RequestBody.document(request).path("deleteOptions"));
        remover.delete(target.type(), target.key(), options);
        success(request);
      }
      case "binding" -> {
        require(request, "POST");
        String node = Json.text(RequestBody.document(request), "target", "name");
        writer.update(target, Write.of(request, target), pod -> bind(pod, node));
        success(request);
      }
      default -> throw ApiError.methodNotAllowed();
    }
  }

  private static ObjectNode bind(ObjectNode pod, String node) {
    Json.child(pod, "spec").put("nodeName", node);
    return pod;
  }

  private void log(ApiRequest request, Target target) {
    require(request, "GET");
    ObjectNode pod = writer.require(target);
    logs.answer(request, target, container(request, target, pod));
  }

  private static String container(ApiRequest request, Target target, ObjectNode pod) {
    String wanted = request.parameter("container");
    List<String> names = new ArrayList<>();
    for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
      for (JsonNode container : Json.at(pod, "spec", list)) {
        names.add(Json.text(container, "name"));
      }
    }
    int containers = Json.at(pod, "spec", "containers").size();
    if (wanted.isEmpty() && containers > 1) {
      throw ApiError.badRequest(
          "a container name must be specified for pod "
              + target.name()
              + ", choose one of: "
              + names);
    }
    String container = wanted.isEmpty() ? names.get(0) : wanted;
    if (!names.contains(container)) {
      throw ApiError.badRequest(
          "container " + container + " is not valid for pod " + target.name());
    }
    return container;
  }

  private static void require(ApiRequest request, String method) {
    if (!request.method().equals(method)) {
      throw ApiError.methodNotAllowed();
    }
  }

  private void success(ApiRequest request) {
    ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    answers.document(request, 201, status.put("status", "Success").put("code", 201));
  }
}
