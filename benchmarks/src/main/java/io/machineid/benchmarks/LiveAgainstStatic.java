package io.machineid.benchmarks;

import io.machineid.Bot;
import io.machineid.Credential;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.kubernetes.OfficialClient;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One small request after the other, to the fake cluster's proxy and its Kubernetes in memory: by
 * the live clients, and by the same clients with a certificate that is set once and never changed.
 */
@NullUnmarked // JMH calls the set-up before anything else
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class LiveAgainstStatic {

  private Fake fake;
  private Bot bot;
  private KubernetesAccess access;
  private HttpClient liveJdk;
  private HttpClient staticJdk;
  private OkHttpClient liveOkHttp;
  private OkHttpClient staticOkHttp;
  private HttpRequest jdkRequest;
  private Request okHttpRequest;

  /** Joins once, and makes all clients. */
  @Setup(Level.Trial)
  public void join() {
    fake = new Fake();
    bot = fake.start(Fake.Route.PROXY, fake.newToken());
    access = KubernetesAccess.to(bot, Fake.KUBERNETES_CLUSTER);
    Credential current = access.credential().current();
    SSLContext pinned =
        PinnedTls.context(
            access.endpoint().verifiedName(),
            current.exposePrivateKey(),
            current.certificate(),
            current.hostAuthorities());
    liveJdk = access.httpClient();
    staticJdk = HttpClient.newBuilder().sslContext(pinned).build();
    liveOkHttp = OfficialClient.client(access).getHttpClient();
    staticOkHttp =
        new OkHttpClient.Builder()
            .sslSocketFactory(
                pinned.getSocketFactory(), PinnedTls.trustManager(current.hostAuthorities()))
            // The context itself verifies the name that it is pinned to.
            .hostnameVerifier((host, session) -> true)
            .build();
    URI uri = access.endpoint().server().resolve("/api/v1/namespaces/default");
    jdkRequest = HttpRequest.newBuilder(uri).build();
    okHttpRequest = new Request.Builder().url(uri.toString()).build();
  }

  /** Closes all. */
  @TearDown(Level.Trial)
  public void close() {
    staticOkHttp.connectionPool().evictAll();
    staticOkHttp.dispatcher().executorService().shutdown();
    access.close();
    bot.close();
    fake.close();
  }

  private int by(HttpClient client) throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(jdkRequest, HttpResponse.BodyHandlers.ofString());
    return granted(answer.statusCode());
  }

  private int by(OkHttpClient client) throws IOException {
    try (Response answer = client.newCall(okHttpRequest).execute()) {
      answer.body().string();
      return granted(answer.code());
    }
  }

  private static int granted(int status) {
    if (status != 200) {
      throw new IllegalStateException("the answer was " + status);
    }
    return status;
  }

  /** The JDK's client, live. */
  @Benchmark
  public int jdkLive() throws IOException, InterruptedException {
    return by(liveJdk);
  }

  /** The JDK's client with one certificate for ever. */
  @Benchmark
  public int jdkStatic() throws IOException, InterruptedException {
    return by(staticJdk);
  }

  /** OkHttp as the official client has it, live. */
  @Benchmark
  public int okHttpLive() throws IOException {
    return by(liveOkHttp);
  }

  /** OkHttp with one certificate for ever. */
  @Benchmark
  public int okHttpStatic() throws IOException {
    return by(staticOkHttp);
  }
}
