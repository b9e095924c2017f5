package io.machineid.kubernetes.internal;

import io.machineid.LiveCredential;
import io.machineid.MachineIdException;
import io.machineid.internal.transport.UpgradeTunnels;
import io.machineid.kubernetes.internal.TlsGenerations.Begun;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Puts the newest generation's TLS under each OkHttp call, whatever the client was built with. The
 * socket factory is a part of the key that OkHttp pools connections by: a new generation never gets
 * a connection of an older one. Must be an application interceptor; these see WebSockets too.
 */
public final class LiveTlsInterceptor implements Interceptor, AutoCloseable {

  private final TlsGenerations generations;
  private final ConnectionPool pool;
  private final HostnameVerifier verifier;
  private final LiveCredential.Subscription subscription;

  /**
   * Makes the interceptor.
   *
   * @param serverName the name that the sockets verify
   * @param pool the client's pool, whose idle connections are closed after each rotation
   */
  public LiveTlsInterceptor(TlsGenerations generations, String serverName, ConnectionPool pool) {
    this.generations = generations;
    this.pool = pool;
    // JSSE has verified the certificate for exactly this name when it set it as the peer's host
    this.verifier = (host, session) -> serverName.equals(session.getPeerHost());
    this.subscription = generations.onChange(pool::evictAll);
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    boolean endless = isEndless(request);
    Begun first = begin(chain.call(), endless);
    Response response = proceed(chain, first, endless);
    if (Replay.isDueToCertificate(request.method(), response.code())
        && generations.isOutdated(first.generation())) {
      response.close();
      first.call().close();
      return proceed(chain, begin(chain.call(), endless), endless);
    }
    return response;
  }

  @Override
  public void close() {
    subscription.close();
    pool.evictAll();
  }

  private Response proceed(Chain chain, Begun begun, boolean endless) throws IOException {
    TlsGeneration generation = begun.generation();
    Chain pinned =
        chain
            .withSslSocketFactory(generation.sockets(), generation.trust())
            .withHostnameVerifier(verifier);
    try {
      Response response = timed(pinned, endless).proceed(chain.request());
      return endless ? CuttableSource.of(response, begun.call()) : response;
    } catch (IOException e) {
      IOException why = begun.call().cutBy();
      begun.call().close();
      throw why == null
          ? UpgradeTunnels.explained(generations.proxies(), e)
          : new IOException(why.getMessage(), e);
    }
  }

  /** OkHttp wants an IOException; the typed error is its cause. */
  private Begun begin(Call call, boolean endless) throws IOException {
    try {
      Begun begun = generations.begin(endless, why -> call.cancel());
      call.addEventListener(new Ending(begun.call()));
      return begun;
    } catch (MachineIdException e) {
      IOException failure = new IOException(e.getMessage(), e);
      // what fabric8 knows not to try again: without it, it would go on for some 20 seconds
      failure.addSuppressed(new SSLPeerUnverifiedException("no request was sent"));
      throw failure;
    }
  }

  private static boolean isEndless(Request request) {
    return Streams.isEndless(request.url().encodedQuery()) || request.header("Upgrade") != null;
  }

  private static Chain timed(Chain chain, boolean endless) {
    return chain.readTimeoutMillis() != 0 || endless
        ? chain
        : chain.withReadTimeout(
            Math.toIntExact(Streams.REQUEST_TIMEOUT.toMillis()), TimeUnit.MILLISECONDS);
  }

  /** Tells when a call has ended, its body or WebSocket included. */
  private static final class Ending extends EventListener {
    private final OpenCalls.Call open;

    Ending(OpenCalls.Call open) {
      this.open = open;
    }

    @Override
    public void callEnd(Call call) {
      open.close();
    }

    @Override
    public void callFailed(Call call, IOException failure) {
      open.close();
    }
  }
}
