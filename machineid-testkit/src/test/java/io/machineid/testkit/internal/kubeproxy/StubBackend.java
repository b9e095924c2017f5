package io.machineid.testkit.internal.kubeproxy;

import io.machineid.testkit.internal.kubernetes.KubernetesBackend;
import io.machineid.testkit.internal.kubernetes.KubernetesExchange;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A Kubernetes API that remembers what it was asked and answers as a test says. */
final class StubBackend implements KubernetesBackend {

  static final HttpHeaders JSON =
      HttpHeaders.of(
          Map.of(
              "Content-Type",
              List.of("application/json"),
              "Cache-Control",
              List.of("no-cache, private")),
          (name, value) -> true);

  final List<KubernetesExchange> exchanges = new CopyOnWriteArrayList<>();
  volatile Consumer<KubernetesExchange> behaviour = exchange -> respond(exchange, 200, "{}");

  static void respond(KubernetesExchange exchange, int status, String body) {
    exchange.respond(status, JSON, body.getBytes(StandardCharsets.UTF_8));
  }

  KubernetesExchange last() {
    return exchanges.get(exchanges.size() - 1);
  }

  @Override
  public void handle(KubernetesExchange exchange) {
    exchanges.add(exchange);
    behaviour.accept(exchange);
  }

  @Override
  public void close() {}
}
