package io.machineid.kubernetes.internal;

import io.machineid.ClosedException;
import io.machineid.kubernetes.internal.TlsGenerations.Begun;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A JDK client that is a new one for each certificate, and the same object for its users. Each
 * request goes out on the newest generation; those in flight end on their own; connections of an
 * older generation are never used for a new request.
 */
public final class LiveHttpClient extends HttpClient implements AutoCloseable {

  private final TlsGenerations generations;
  private final Consumer<HttpClient.Builder> settings;
  private volatile boolean closed;

  /**
   * Makes the client.
   *
   * @param settings applied to the builder of each delegate; what it says about the SSLContext is
   *     overruled
   */
  public LiveHttpClient(TlsGenerations generations, Consumer<HttpClient.Builder> settings) {
    this.generations = generations;
    this.settings = settings;
  }

  /** How a request gets to a delegate. */
  @FunctionalInterface
  interface Sender<T> {
    CompletableFuture<HttpResponse<T>> send(
        HttpClient delegate, HttpRequest request, BodyHandler<T> handler);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = sendAsync(request, handler);
    try {
      return answer.get();
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return new LiveCall<>(this, request, handler, HttpClient::sendAsync).start();
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushes) {
    return new LiveCall<>(
            this,
            request,
            handler,
            (delegate, timed, cuttable) -> delegate.sendAsync(timed, cuttable, pushes))
        .start();
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new LiveWebSocketBuilder(this);
  }

  /** Begins a call on the newest generation. */
  Begun begin(boolean endless, Consumer<IOException> cut) {
    if (closed) {
      throw new ClosedException("the HTTP client");
    }
    return generations.begin(endless, cut);
  }

  /** Which HTTP proxies to go through. */
  ProxySelector proxies() {
    return generations.proxies();
  }

  boolean isOutdated(TlsGeneration used) {
    return generations.isOutdated(used);
  }

  /** The delegates for a generation. */
  Shards shards(TlsGeneration generation) {
    return generation.attached(this, Shards.class, this::delegates);
  }

  private Shards delegates(TlsGeneration generation) {
    return new Shards(open -> delegate(generation.context(open)));
  }

  private HttpClient delegate(SSLContext context) {
    HttpClient.Builder builder =
        HttpClient.newBuilder().executor(Threads.SHARED).proxy(generations.proxies());
    settings.accept(builder);
    return builder.sslContext(context).build();
  }

  private HttpClient peek() {
    return shards(generations.current()).peek();
  }

  private static IOException thrown(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof IOException io ? io : new IOException(failure);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return peek().cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return peek().connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return peek().followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return peek().proxy();
  }

  /** The context of the newest generation; do not keep it. */
  @Override
  public SSLContext sslContext() {
    return peek().sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return peek().sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return peek().authenticator();
  }

  @Override
  public Version version() {
    return peek().version();
  }

  @Override
  public Optional<Executor> executor() {
    return peek().executor();
  }

  /**
   * Takes no new requests; those in flight may end, WebSockets do not. Part of the JDK's class from
   * 21 on.
   */
  @SuppressWarnings("MissingOverride")
  public void shutdown() {
    closed = true;
    generations.detach(this);
  }

  /** As {@link #shutdown()}. Part of the JDK's class from 21 on. */
  @SuppressWarnings("MissingOverride")
  public void shutdownNow() {
    shutdown();
  }

  /** As {@link #shutdown()}: it does not wait for requests in flight. */
  @Override
  public void close() {
    shutdown();
  }
}
