package io.machineid.kubernetes.internal;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** fabric8's JDK transport over {@link LiveHttpClient}; one factory for each client. */
public final class LiveJdkClientFactory extends JdkHttpClientFactory {

  private final TlsGenerations generations;
  private final List<LiveHttpClient> made = new CopyOnWriteArrayList<>();

  /** A transport that follows {@code generations}. */
  public LiveJdkClientFactory(TlsGenerations generations) {
    this.generations = generations;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return new LiveHttpClientBuilder(generations, made::add);
  }

  @Override
  protected void closeHttpClient(JdkHttpClientImpl client) {
    made.forEach(LiveHttpClient::close);
  }
}
