package io.machineid.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestKubernetes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The cluster that a process runs in, at an address where {@code kubectl proxy} would listen. */
final class PlainKubernetes implements AutoCloseable {

  private static final String NAME = "here";

  private final TestCluster cluster =
      TestCluster.builder().kubernetesCluster(NAME, Map.of()).start();
  private final Bot bot;
  private final KubernetesAccess access;
  private final HttpServer front;

  PlainKubernetes() throws IOException {
    cluster.createFullAccessRole("here");
    bot =
        Bot.builder()
            .proxy(cluster.proxyAddress())
            .webRoots(List.of(cluster.webAuthority()))
            .join(JoinMethod.token(cluster.addBot("front", "here").token()))
            .start(Duration.ofSeconds(60));
    access = KubernetesAccess.to(bot, NAME);
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.createContext("/", this::relay);
    front.start();
  }

  TestKubernetes objects() {
    return cluster.kubernetes(NAME);
  }

  Path kubeconfig(Path file) throws IOException {
    return Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts: [{name: here, context: {cluster: here, user: me}}]
        clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: me, user: {}}]
        """
            .formatted(front.getAddress().getPort()));
  }

  private void relay(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      URI target = access.endpoint().server().resolve(exchange.getRequestURI());
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target)
              .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      if (type != null) {
        request.header("Content-Type", type);
      }
      HttpResponse<byte[]> answer =
          access.httpClient().send(request.build(), BodyHandlers.ofByteArray());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    front.stop(0);
    access.close();
    bot.close();
    cluster.close();
  }
}
