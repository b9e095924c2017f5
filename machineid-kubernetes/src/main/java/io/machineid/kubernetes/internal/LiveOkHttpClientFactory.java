package io.machineid.kubernetes.internal;

import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/** fabric8's OkHttp transport with our TLS under each call; one factory for each client. */
public final class LiveOkHttpClientFactory extends OkHttpClientFactory {

  private final TlsGenerations generations;
  private final String serverName;
  private final Consumer<AutoCloseable> made;

  /**
   * A transport that follows {@code generations} and verifies {@code serverName}; {@code made} gets
   * what closes it.
   */
  public LiveOkHttpClientFactory(
      TlsGenerations generations, String serverName, Consumer<AutoCloseable> made) {
    this.generations = generations;
    this.serverName = serverName;
    this.made = made;
  }

  @Override
  protected void additionalConfig(OkHttpClient.Builder builder) {
    made.accept(LiveOkHttp.configure(builder, generations, serverName));
  }
}
