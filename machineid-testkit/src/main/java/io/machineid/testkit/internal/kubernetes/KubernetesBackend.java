package io.machineid.testkit.internal.kubernetes;

/** A Kubernetes API as the fake cluster's agent reaches it. Thread-safe. */
public interface KubernetesBackend extends AutoCloseable {

  /**
   * Answers one request, now or later, on any thread; must not block the caller for long.
   *
   * @param exchange the request and the way to answer it
   */
  void handle(KubernetesExchange exchange);

  @Override
  void close();
}
