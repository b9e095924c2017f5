package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.net.http.HttpHeaders;

/** Adds Teleport's security headers to what comes from the Kubernetes API. */
record SealedAnswer(Answer next, Headers.Seal seal, Headers.Seal sealOfUpgrade) implements Answer {

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    next.respond(status, Headers.secured(headers, seal), body);
  }

  @Override
  public KubernetesExchange.Channel stream(int status, HttpHeaders headers) {
    return next.stream(status, Headers.secured(headers, seal));
  }

  @Override
  public KubernetesExchange.Channel upgrade(HttpHeaders headers) {
    return next.upgrade(Headers.secured(headers, sealOfUpgrade));
  }
}
