package io.machineid.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The JDK's client, with the smallest informer that is one. */
record JdkTortureClient(HttpClient client, URI server, String namespace) implements TortureClient {

  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public void read() throws Exception {
    get("/" + STEADY);
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(request(path), BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("status " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(uri(path)).build();
  }

  private URI uri(String path) {
    return server.resolve("/api/v1/namespaces/" + namespace + "/pods" + path);
  }

  @Override
  public AutoCloseable follow(Pods pods) {
    Informer informer = new Informer(pods);
    Thread thread = new Thread(informer, "torture-informer");
    thread.setDaemon(true);
    thread.start();
    return () -> {
      informer.over = true; // a body of lines takes an interrupt for a failure to read
      thread.interrupt();
    };
  }

  @Override
  public AutoCloseable exec(Runnable ended) {
    URI uri = uri("/" + STEADY + "/exec?command=cat&stdin=true&stdout=true");
    try {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .subprotocols("v4.channel.k8s.io")
              .buildAsync(URI.create(uri.toString().replaceFirst("https", "wss")), listener(ended))
              .join();
      return socket::abort;
    } catch (CompletionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static WebSocket.Listener listener(Runnable ended) {
    return new WebSocket.Listener() {
      @Override
      public void onError(WebSocket socket, Throwable failure) {
        ended.run();
      }

      @Override
      public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        ended.run();
        return null;
      }
    };
  }

  /** Lists once, then watches from the last version that it has seen. */
  private final class Informer implements Runnable {

    private final Pods pods;
    private final Set<String> known = new HashSet<>();
    private String version = "";
    private volatile boolean over;

    Informer(Pods pods) {
      this.pods = pods;
    }

    @Override
    public void run() {
      while (!over) {
        try {
          if (version.isEmpty()) {
            list();
          }
          watch();
        } catch (InterruptedException e) {
          return;
        } catch (IOException | RuntimeException e) {
          LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
      }
    }

    private void list() throws IOException, InterruptedException {
      JsonNode list = JSON.readTree(get(""));
      Set<String> names = new HashSet<>();
      list.path("items").forEach(pod -> names.add(name(pod)));
      Set.copyOf(known).stream().filter(name -> !names.contains(name)).forEach(this::deleted);
      names.forEach(this::added);
      version = version(list);
    }

    private void watch() throws IOException, InterruptedException {
      HttpRequest request = request("?watch=true&resourceVersion=" + version);
      try (Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body()) {
        for (Iterator<String> events = lines.iterator(); events.hasNext(); ) {
          take(JSON.readTree(events.next()));
        }
      }
    }

    private void take(JsonNode event) {
      JsonNode object = event.path("object");
      switch (event.path("type").asText()) {
        case "ADDED" -> added(name(object));
        case "DELETED" -> deleted(name(object));
        case "ERROR" -> throw new IllegalStateException(restart(object));
        default -> {}
      }
      version = version(object);
    }

    private String restart(JsonNode status) {
      version = "";
      return status.toString();
    }

    // through Teleport most events come twice
    private void added(String name) {
      if (known.add(name)) {
        pods.added(name);
      }
    }

    private void deleted(String name) {
      if (known.remove(name)) {
        pods.deleted(name);
      }
    }

    private static String name(JsonNode object) {
      return object.path("metadata").path("name").asText();
    }

    private static String version(JsonNode object) {
      return object.path("metadata").path("resourceVersion").asText();
    }
  }
}
