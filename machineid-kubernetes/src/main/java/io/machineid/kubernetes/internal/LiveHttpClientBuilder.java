package io.machineid.kubernetes.internal;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's builder for code that wants one: notes the settings and makes a {@link LiveHttpClient}
 * of them. An SSLContext is ignored: that one is ours.
 */
public final class LiveHttpClientBuilder implements HttpClient.Builder {

  private final TlsGenerations generations;
  private final Consumer<LiveHttpClient> built;
  private Consumer<HttpClient.Builder> settings = builder -> {};

  /** A builder of clients that follow {@code generations}; {@code built} hears of each. */
  public LiveHttpClientBuilder(TlsGenerations generations, Consumer<LiveHttpClient> built) {
    this.generations = generations;
    this.built = built;
  }

  @Override
  public LiveHttpClient build() {
    LiveHttpClient client = new LiveHttpClient(generations, settings);
    built.accept(client);
    return client;
  }

  @Override
  public HttpClient.Builder sslContext(SSLContext ignored) {
    return this;
  }

  @Override
  public HttpClient.Builder cookieHandler(CookieHandler handler) {
    return note(builder -> builder.cookieHandler(handler));
  }

  @Override
  public HttpClient.Builder connectTimeout(Duration timeout) {
    return note(builder -> builder.connectTimeout(timeout));
  }

  @Override
  public HttpClient.Builder sslParameters(SSLParameters parameters) {
    return note(builder -> builder.sslParameters(parameters));
  }

  @Override
  public HttpClient.Builder executor(Executor executor) {
    return note(builder -> builder.executor(executor));
  }

  @Override
  public HttpClient.Builder followRedirects(HttpClient.Redirect policy) {
    return note(builder -> builder.followRedirects(policy));
  }

  @Override
  public HttpClient.Builder version(HttpClient.Version version) {
    return note(builder -> builder.version(version));
  }

  @Override
  public HttpClient.Builder priority(int priority) {
    return note(builder -> builder.priority(priority));
  }

  @Override
  public HttpClient.Builder proxy(ProxySelector selector) {
    return note(builder -> builder.proxy(selector));
  }

  @Override
  public HttpClient.Builder authenticator(Authenticator authenticator) {
    return note(builder -> builder.authenticator(authenticator));
  }

  private HttpClient.Builder note(Consumer<HttpClient.Builder> setting) {
    settings = settings.andThen(setting);
    return this;
  }
}
