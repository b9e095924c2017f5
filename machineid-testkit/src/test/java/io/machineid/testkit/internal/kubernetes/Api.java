package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** An API served on loopback, with a client for it. */
final class Api implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  final InMemoryKubernetes kubernetes;
  final HttpFront front;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> headers = new ArrayList<>();

  Api(RbacMode mode) throws IOException {
    this(mode, InstantSource.system());
  }

  Api(RbacMode mode, InstantSource clock) throws IOException {
    kubernetes = new InMemoryKubernetes(clock, mode, Duration.ofMillis(100));
    front = new HttpFront(kubernetes);
  }

  /** Sends these headers with every request from now on. */
  Api with(String... namesAndValues) {
    headers.addAll(List.of(namesAndValues));
    return this;
  }

  /** An answer: its code and its JSON. */
  record Answer(int code, JsonNode body) {
    String text(String pointer) {
      return body.at(pointer).asText("");
    }

    List<String> names() {
      return body.path("items").findValuesAsText("metadata").isEmpty()
          ? List.of()
          : stream().map(item -> item.at("/metadata/name").asText()).toList();
    }

    Stream<JsonNode> stream() {
      List<JsonNode> items = new ArrayList<>();
      body.path("items").forEach(items::add);
      return items.stream();
    }
  }

  Answer get(String path, String... more) {
    return send("GET", path, "", more);
  }

  Answer post(String path, String body, String... more) {
    return send("POST", path, body, more);
  }

  Answer put(String path, JsonNode body) {
    return send("PUT", path, body.toString(), "Content-Type", "application/json");
  }

  Answer patch(String path, String format, String body) {
    return send("PATCH", path, body, "Content-Type", "application/" + format);
  }

  Answer delete(String path, String... more) {
    return send("DELETE", path, "", more);
  }

  Answer send(String method, String path, String body, String... more) {
    return send(method, path, BodyPublishers.ofString(body), more);
  }

  Answer send(String method, String path, HttpRequest.BodyPublisher body, String... more) {
    try {
      HttpResponse<byte[]> response =
          client.send(request(method, path, body, more), BodyHandlers.ofByteArray());
      String type = response.headers().firstValue("Content-Type").orElse("");
      JsonNode json =
          type.startsWith("application/json")
              ? MAPPER.readTree(response.body())
              : MAPPER.getNodeFactory().textNode(new String(response.body(), "UTF-8"));
      return new Answer(response.statusCode(), json);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpRequest request(
      String method, String path, HttpRequest.BodyPublisher body, String... more) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(front.uri().resolve(path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body);
    List<String> all = new ArrayList<>(headers);
    all.addAll(List.of(more));
    for (int i = 0; i < all.size(); i += 2) {
      request.header(all.get(i), all.get(i + 1));
    }
    return request.build();
  }

  /** A watch under way: what came so far, and when it ends. */
  record Watch(List<JsonNode> events, CompletableFuture<Void> end) {
    List<String> seen() {
      return events.stream()
          .map(e -> e.path("type").asText() + " " + e.at("/object/metadata/name").asText())
          .toList();
    }
  }

  Watch watch(String path, String... more) {
    List<JsonNode> events = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> end =
        client
            .sendAsync(request("GET", path, BodyPublishers.noBody(), more), BodyHandlers.ofLines())
            .thenAccept(response -> response.body().forEach(line -> events.add(parse(line))));
    return new Watch(events, end);
  }

  private static JsonNode parse(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kubernetes.close();
    front.close();
  }
}
