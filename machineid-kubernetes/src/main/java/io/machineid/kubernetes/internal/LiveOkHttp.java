package io.machineid.kubernetes.internal;

import io.machineid.internal.transport.ProxyAuthorization;
import java.net.Proxy;
import java.net.ProxySelector;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * Makes OkHttp clients live. Threads are the process's; dispatcher and pool, which have none, are
 * each client's own, as its user may cancel and close them.
 */
public final class LiveOkHttp {

  private static final String AUTHORIZATION = "Proxy-Authorization";

  private LiveOkHttp() {}

  /**
   * Puts our TLS, our threads and our proxies under a client.
   *
   * @param serverName the name that the sockets verify
   * @return closes what the client holds
   */
  public static AutoCloseable configure(
      OkHttpClient.Builder builder, TlsGenerations generations, String serverName) {
    ConnectionPool pool = new ConnectionPool();
    LiveTlsInterceptor tls = new LiveTlsInterceptor(generations, serverName, pool);
    Dispatcher dispatcher = dispatcher();
    builder
        .connectionPool(pool)
        .dispatcher(dispatcher)
        .proxySelector(generations.proxies())
        .proxyAuthenticator(new ProxyPassword(generations.proxies()))
        .addInterceptor(tls);
    return () -> {
      dispatcher.executorService().shutdown();
      tls.close();
    };
  }

  /** A dispatcher that makes no call wait for another one, as a watch may never end. */
  private static Dispatcher dispatcher() {
    Dispatcher dispatcher = new Dispatcher(Threads.lent());
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    return dispatcher;
  }

  /** Tells an HTTP proxy its password, once. */
  private record ProxyPassword(ProxySelector proxies) implements Authenticator {
    @Override
    public @Nullable Request authenticate(@Nullable Route route, Response response) {
      if (route == null
          || route.proxy().type() != Proxy.Type.HTTP
          || response.request().header(AUTHORIZATION) != null) {
        return null;
      }
      return ProxyAuthorization.of(proxies, route.proxy().address(), response.request().url().uri())
          .map(value -> response.request().newBuilder().header(AUTHORIZATION, value).build())
          .orElse(null);
    }
  }
}
