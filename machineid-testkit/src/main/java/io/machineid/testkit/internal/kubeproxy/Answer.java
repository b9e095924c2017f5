package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.FailureStatus;
import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.net.http.HttpHeaders;

/** The way back to a client. Exactly one method is called, once, from any thread. */
interface Answer {

  /** Answers whole. */
  void respond(int status, HttpHeaders headers, byte[] body);

  /** Answers the head now and the body bit by bit. */
  KubernetesExchange.Channel stream(int status, HttpHeaders headers);

  /** Answers 101 and turns the connection into a two-way channel. */
  KubernetesExchange.Channel upgrade(HttpHeaders headers);

  /** Answers with a {@code Status}. */
  default void fail(FailureStatus failure) {
    respond(failure.code(), Headers.JSON, failure.json());
  }
}
