package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.net.http.HttpHeaders;

/** A request on its way to the Kubernetes API, and the way its answer takes. */
@SuppressWarnings("ArrayRecordComponent") // requests are never compared
record UpstreamExchange(
    String method,
    String path,
    String query,
    HttpHeaders headers,
    byte[] body,
    boolean upgradeRequested,
    Answer answer)
    implements KubernetesExchange {

  static UpstreamExchange of(ClientRequest request, HttpHeaders headers, Answer answer) {
    return new UpstreamExchange(
        request.method(),
        request.path(),
        request.query(),
        headers,
        request.body(),
        request.upgradeRequested(),
        answer);
  }

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    answer.respond(status, headers, body);
  }

  @Override
  public Channel stream(int status, HttpHeaders headers) {
    return answer.stream(status, headers);
  }

  @Override
  public Channel upgrade(HttpHeaders headers) {
    return answer.upgrade(headers);
  }
}
