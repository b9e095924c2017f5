package io.machineid.testkit.internal.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Serves a backend over plain HTTP on loopback; no upgrades. */
final class HttpFront implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();

  HttpFront(KubernetesBackend backend) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/", exchange -> backend.handle(new Exchange(exchange)));
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private static final class Exchange implements KubernetesExchange {

    private final HttpExchange exchange;
    private final byte[] body;

    private Exchange(HttpExchange exchange) throws IOException {
      this.exchange = exchange;
      this.body = exchange.getRequestBody().readAllBytes();
    }

    @Override
    public String method() {
      return exchange.getRequestMethod();
    }

    @Override
    public String path() {
      return exchange.getRequestURI().getRawPath();
    }

    @Override
    public String query() {
      String query = exchange.getRequestURI().getRawQuery();
      return query == null ? "" : query;
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true);
    }

    @Override
    public byte[] body() {
      return body;
    }

    @Override
    public boolean upgradeRequested() {
      return exchange.getRequestHeaders().containsKey("Upgrade");
    }

    @Override
    public void respond(int status, HttpHeaders headers, byte[] body) {
      headers.map().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
      try (exchange) {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Channel stream(int status, HttpHeaders headers) {
      headers.map().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
      try {
        exchange.sendResponseHeaders(status, 0);
        return new StreamChannel(exchange, exchange.getResponseBody());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Channel upgrade(HttpHeaders headers) {
      throw new UnsupportedOperationException("no upgrades over this server");
    }
  }

  private static final class StreamChannel implements KubernetesExchange.Channel {

    private final HttpExchange exchange;
    private final OutputStream out;
    private boolean closed;
    private Runnable action = () -> {};

    private StreamChannel(HttpExchange exchange, OutputStream out) throws IOException {
      this.exchange = exchange;
      this.out = out;
      out.flush();
    }

    @Override
    public synchronized void write(byte[] bytes) {
      if (!closed) {
        try {
          out.write(bytes);
          out.flush();
        } catch (IOException e) {
          close();
        }
      }
    }

    @Override
    public void onData(Consumer<byte[]> consumer) {
      throw new UnsupportedOperationException("no upgrades over this server");
    }

    @Override
    public synchronized void onClose(Runnable onClose) {
      action = onClose;
      if (closed) {
        onClose.run();
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        exchange.close();
        action.run();
      }
    }
  }
}
