package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import java.util.stream.Collectors;

/** Deletes the allowed objects of a collection one by one, where not all are allowed. */
final class CollectionDelete {

  private static final Set<String> SELECTORS = Set.of("labelSelector", "fieldSelector");

  private final KubernetesBackend backend;
  private final ClientRequest request;
  private final HttpHeaders headers;
  private final ObjectFilter filter;
  private final Answer answer;

  CollectionDelete(
      KubernetesBackend backend,
      ClientRequest request,
      HttpHeaders headers,
      ObjectFilter filter,
      Answer answer) {
    this.backend = backend;
    this.request = request;
    this.headers = headers;
    this.filter = filter;
    this.answer = answer;
  }

  void start() {
    HttpHeaders ofList =
        Headers.without(
            Headers.with(headers, "Accept", "application/json"),
            Headers.caseInsensitive(Headers.CONTENT_TYPE));
    backend.handle(
        new UpstreamExchange(
            "GET",
            request.path(),
            query(true),
            ofList,
            new byte[0],
            false,
            new WholeAnswer(this::listed)));
  }

  private void listed(WholeAnswer.Whole list) {
    if (list.status() != 200) {
      list.to(answer);
      return;
    }
    try {
      byte[] allowed = filter.list(list.body());
      WholeAnswer.Whole result = new WholeAnswer.Whole(200, list.headers(), allowed);
      deleteNext(new ArrayDeque<>(ObjectFilter.names(allowed)), result);
    } catch (IOException e) {
      answer.fail(
          FailureStatus.internalError("the Kubernetes API answered a list that is not JSON"));
    }
  }

  private void deleteNext(Deque<String> names, WholeAnswer.Whole result) {
    String name = names.poll();
    if (name == null) {
      result.to(answer);
      return;
    }
    String path = request.path() + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    backend.handle(
        new UpstreamExchange(
            "DELETE",
            path,
            query(false),
            headers,
            request.body(),
            false,
            new WholeAnswer(deleted -> deleted(deleted, names, result))));
  }

  private void deleted(WholeAnswer.Whole deleted, Deque<String> names, WholeAnswer.Whole result) {
    if (deleted.status() >= 400 && deleted.status() != 404) {
      deleted.to(answer);
    } else {
      deleteNext(names, result);
    }
  }

  private String query(boolean selectors) {
    return Arrays.stream(request.query().split("&", -1))
        .filter(pair -> SELECTORS.contains(pair.split("=", 2)[0]) == selectors)
        .collect(Collectors.joining("&"));
  }
}
