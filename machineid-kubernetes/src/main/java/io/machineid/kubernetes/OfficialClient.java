package io.machineid.kubernetes;

import io.kubernetes.client.openapi.ApiClient;
import io.machineid.kubernetes.internal.LiveOkHttp;
import java.time.Duration;
import okhttp3.OkHttpClient;

/**
 * The official Kubernetes client. Needs {@code io.kubernetes:client-java} with OkHttp 5.4 or newer.
 */
public final class OfficialClient {

  private static final Duration PING = Duration.ofMinutes(1);

  private OfficialClient() {}

  /**
   * A client whose TLS is ours for each call: its own settings for certificates, authorities and
   * server names have no effect. It has no read time-out, as watches need; other calls get one of
   * 60 seconds until a time-out is set.
   *
   * @param access the cluster
   * @return a live client; its connections are closed with the access
   */
  public static ApiClient client(KubernetesAccess access) {
    ApiClient client = new ApiClient();
    OkHttpClient.Builder builder =
        client.getHttpClient().newBuilder().readTimeout(Duration.ZERO).pingInterval(PING);
    access.own(
        LiveOkHttp.configure(builder, access.generations(), access.endpoint().verifiedName()));
    return client.setBasePath(access.endpoint().server().toString()).setHttpClient(builder.build());
  }
}
