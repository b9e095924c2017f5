package io.machineid.testkit.internal.kubernetes;

import java.net.http.HttpHeaders;
import java.util.function.Consumer;

/**
 * One request to a Kubernetes API, already authenticated, with {@code Impersonate-*} headers set by
 * the proxy. Exactly one of {@link #respond}, {@link #stream} and {@link #upgrade} is called, once,
 * from any thread.
 */
public interface KubernetesExchange {

  /** The method, upper case. */
  String method();

  /** The path as it came, still percent-encoded, without the query. */
  String path();

  /** The query as it came, without {@code ?}; empty where there is none. */
  String query();

  /** The headers, without those of the connection; of an upgrade request with them. */
  HttpHeaders headers();

  /** The whole body; empty for upgrades. */
  byte[] body();

  /** Whether the client asks for an upgrade of its connection (SPDY, WebSocket). */
  boolean upgradeRequested();

  /** Answers whole. */
  void respond(int status, HttpHeaders headers, byte[] body);

  /** Answers head now and body bit by bit. */
  Channel stream(int status, HttpHeaders headers);

  /** Answers 101 and turns the connection into a two-way channel of bytes. */
  Channel upgrade(HttpHeaders headers);

  /**
   * A body under way, or an upgraded connection. Writing to a closed one does nothing. Thread-safe.
   */
  interface Channel extends AutoCloseable {

    /** Sends bytes and flushes. */
    void write(byte[] bytes);

    /**
     * What to do with bytes from the client; upgraded connections only. Called in order, never
     * concurrently.
     */
    void onData(Consumer<byte[]> consumer);

    /**
     * What to do when the client is gone or {@link #close()} was called; at once where that has
     * happened.
     */
    void onClose(Runnable action);

    /** Ends the body cleanly, or the upgraded connection. */
    @Override
    void close();
  }
}
