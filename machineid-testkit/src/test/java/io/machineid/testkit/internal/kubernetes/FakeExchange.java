package io.machineid.testkit.internal.kubernetes;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request for an upgrade that never saw a socket, and what was answered. */
final class FakeExchange implements KubernetesExchange {

  private final String path;
  private final String query;
  private final HttpHeaders headers;
  final ByteArrayOutputStream written = new ByteArrayOutputStream();
  int status;
  byte[] answer = {};
  @Nullable HttpHeaders upgraded;
  boolean closed;
  private Consumer<byte[]> consumer = bytes -> {};

  FakeExchange(String path, Map<String, List<String>> headers) {
    String[] parts = path.split("\\?", 2);
    this.path = parts[0];
    this.query = parts.length == 2 ? parts[1] : "command=ls&stdout=1";
    this.headers = HttpHeaders.of(headers, (name, value) -> true);
  }

  void receive(byte[] bytes) {
    consumer.accept(bytes);
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String query() {
    return query;
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }

  @Override
  public byte[] body() {
    return new byte[0];
  }

  @Override
  public boolean upgradeRequested() {
    return headers.firstValue("Upgrade").isPresent();
  }

  @Override
  public void respond(int status, HttpHeaders headers, byte[] body) {
    this.status = status;
    this.answer = body;
  }

  @Override
  public Channel stream(int status, HttpHeaders headers) {
    throw new UnsupportedOperationException("not expected");
  }

  @Override
  public Channel upgrade(HttpHeaders headers) {
    upgraded = headers;
    return new Channel() {
      @Override
      public void write(byte[] bytes) {
        written.writeBytes(bytes);
      }

      @Override
      public void onData(Consumer<byte[]> data) {
        consumer = data;
      }

      @Override
      public void onClose(Runnable action) {}

      @Override
      public void close() {
        closed = true;
      }
    };
  }
}
