package io.machineid.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.machineid.ConfigException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Answers, over plain HTTP, whether the process lives, what is ready, and what was measured. */
final class DiagnosticsServer implements AutoCloseable {

  private static final Logger LOG = System.getLogger("io.machineid.cli");
  private static final int MOST_THREADS = 64;
  private static final long IDLE_SECONDS = 10;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int WRONG_METHOD = 405;
  private static final int NOT_READY = 503;
  private static final int NO_BODY = -1;
  private static final String READY = "/readyz";

  private final HttpServer server;
  private final ExecutorService threads;
  private final Services services;
  private final Supplier<String> metrics;

  private record Answer(int status, String mediaType, String body) {

    static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body + "\n");
    }

    static Answer json(int status, Map<String, ?> body) {
      return new Answer(status, "application/json", Json.object(body) + "\n");
    }
  }

  private DiagnosticsServer(HttpServer server, Services services, Supplier<String> metrics) {
    this.server = server;
    this.services = services;
    this.metrics = metrics;
    this.threads =
        // Who does not end a request keeps a thread.
        new ThreadPoolExecutor(
            0,
            MOST_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "machineid-diagnostics");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Listens at {@code host:port}, or at all of the machine's addresses where the host is empty. */
  static DiagnosticsServer start(String address, Services services, Supplier<String> metrics) {
    HttpServer listening;
    try {
      listening = HttpServer.create(DiagnosticsAddress.parse(address).toListen(), 0);
    } catch (IOException e) {
      throw new ConfigException(
          "diag_addr: cannot listen at %s: %s. Choose an address of this machine and a free port"
              .formatted(address, e.getMessage()),
          e);
    }
    DiagnosticsServer started = new DiagnosticsServer(listening, services, metrics);
    listening.setExecutor(started.threads);
    listening.createContext("/", started::handle);
    listening.start();
    LOG.log(Level.INFO, "diagnostics are served at {0}", started.address());
    return started;
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean readable = method.equals("GET") || method.equals("HEAD");
      Answer answer =
          readable
              ? answer(exchange.getRequestURI().getPath())
              : Answer.text(WRONG_METHOD, "only GET is answered here");
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.mediaType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      boolean head = method.equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), head ? NO_BODY : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(String path) {
    return switch (path) {
      case "/livez" -> Answer.text(OK, "OK");
      case READY -> Answer.json(services.ready() ? OK : NOT_READY, services.report());
      case "/metrics" -> new Answer(OK, MetricsText.MEDIA_TYPE, metrics.get());
      default ->
          path.startsWith(READY + "/")
              ? service(path.substring(READY.length() + 1))
              : Answer.text(NOT_FOUND, "there are /livez, /readyz, /readyz/SERVICE and /metrics");
    };
  }

  private Answer service(String name) {
    Optional<Service> found = services.named(name);
    return found
        .map(service -> Answer.json(service.status().ready() ? OK : NOT_READY, service.report()))
        .orElseGet(() -> Answer.json(NOT_FOUND, Map.of("error", "there is no such service")));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
