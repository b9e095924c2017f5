package io.machineid.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.machineid.Credential;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The ways that one thinks of first, under the same load as the live clients, each with what goes
 * wrong with it: so the torture can fail.
 */
class NaiveWaysTest {

  private static final int THREADS = 2;
  private static final String NAIVE = "naive";
  private static final JsonMapper JSON = new JsonMapper();

  private final Torture torture = new Torture(1);
  private final KubernetesAccess access = torture.access(NAIVE);
  private final TortureLedger.Account seen = torture.ledger.of(NAIVE);
  private final TortureLoad.Result result = torture.load.of(NAIVE);

  @AfterEach
  void close() throws Exception {
    torture.close();
  }

  @Test
  void keyManagerSwapped_inOneContext_resumesTheOldIdentityOnNewConnections() throws Exception {
    OkHttpClient http =
        http(context(access.credential()::current), trust())
            .newBuilder()
            .protocols(List.of(Protocol.HTTP_1_1))
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
            .build();
    // one thread: several would take each other's TLS sessions, and some find none to resume
    torture.load.start(NAIVE, naive(() -> http), 1);

    rotate(4);

    assertThat(seen.connections()).as("connections, one for each request").isGreaterThan(10);
    assertThat(seen.superseded()).as("requests on a superseded certificate").isPositive();
  }

  @Test
  void clientRebuilt_atEachRotation_losesWhatIsUnderWayAndListsAgain() throws Exception {
    RebuiltClient client = new RebuiltClient(this::snapshot);
    access.credential().onRotation(next -> client.rebuild());
    torture.follow(NAIVE, client);
    torture.load.start(NAIVE, client, THREADS);

    rotate(3);

    assertThat(result.failed).as("requests that were under way").hasPositiveValue();
    assertThat(torture.ledger.samples).anyMatch(text -> text.contains("Canceled"));
    await()
        .untilAsserted(
            () -> assertThat(seen.lists()).as("lists, one more for each rotation").isEqualTo(4));
  }

  @Test
  void staticKubeconfig_whenItsCertificateHasEnded_goesOnUntilTheConnectionBreaks() {
    Kubeconfig config = Kubeconfig.parse(access.kubeconfig().toYaml());
    assertThat(config.notAfter()).contains(access.credential().current().notAfter());
    OkHttpClient http = snapshot();
    torture.load.start(NAIVE, naive(() -> http), THREADS);

    rotate(5);
    assertThat(seen.superseded()).as("requests on a superseded certificate").isPositive();
    assertThat(seen.expired()).as("requests on a certificate that has ended").isPositive();
    assertThat(result.failed).as("failures as long as the connection lives").hasValue(0);

    torture.teleport.dropConnections();
    long good = result.good.get();
    await().atMost(Duration.ofMinutes(1)).until(() -> result.failed.get() > 2 * THREADS);
    torture.step();

    assertThat(result.good.get() - good).as("after the cut").isLessThanOrEqualTo(2 * THREADS);
  }

  private void rotate(int times) {
    for (int i = 0; i < times; i++) {
      torture.rotate();
    }
  }

  private TortureClient naive(Supplier<OkHttpClient> http) {
    return new NaiveClient(http, endpoint());
  }

  /** The URL's host is the name that the proxy routes by, so that stock clients send it. */
  private HttpUrl endpoint() {
    return HttpUrl.get(access.endpoint().server())
        .newBuilder()
        .host(access.endpoint().verifiedName())
        .addPathSegments("api/v1/namespaces/" + NAIVE + "/pods")
        .build();
  }

  private X509TrustManager trust() {
    return PinnedTls.trustManager(access.credential().current().hostAuthorities());
  }

  /** A client with the certificate of this moment. */
  private OkHttpClient snapshot() {
    Credential now = access.credential().current();
    return http(context(() -> now), trust());
  }

  private SSLContext context(Supplier<Credential> credential) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Swapped(credential)}, new TrustManager[] {trust()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OkHttpClient http(SSLContext context, X509TrustManager trust) {
    return new OkHttpClient.Builder()
        .sslSocketFactory(context.getSocketFactory(), trust)
        .connectionPool(new ConnectionPool())
        .readTimeout(Duration.ZERO)
        .dns(name -> List.of(InetAddress.getLoopbackAddress()))
        .build();
  }

  /** Reads. */
  private record NaiveClient(Supplier<OkHttpClient> http, HttpUrl pods) implements TortureClient {
    @Override
    public void read() throws Exception {
      HttpUrl steady = pods.newBuilder().addPathSegment(STEADY).build();
      try (Response answer =
          http.get().newCall(new Request.Builder().url(steady).build()).execute()) {
        if (answer.code() != 200) {
          throw new IllegalStateException("status " + answer.code());
        }
      }
    }

    @Override
    public AutoCloseable follow(Pods told) {
      throw new UnsupportedOperationException("reads only");
    }

    @Override
    public AutoCloseable exec(Runnable ended) {
      throw new UnsupportedOperationException("reads only");
    }
  }

  /** Another client at each rotation; the one before is closed, as it has the old certificate. */
  private final class RebuiltClient implements TortureClient {
    private final Supplier<OkHttpClient> maker;
    private volatile OkHttpClient http;
    private volatile Call watch;

    RebuiltClient(Supplier<OkHttpClient> maker) {
      this.maker = maker;
      this.http = maker.get();
      this.watch = http.newCall(new Request.Builder().url(endpoint()).build());
    }

    void rebuild() {
      OkHttpClient old = http;
      http = maker.get();
      old.dispatcher().cancelAll();
      watch.cancel();
      old.connectionPool().evictAll();
    }

    @Override
    public void read() throws Exception {
      naive(() -> http).read();
    }

    /** An informer of a client that is gone cannot go on: the next one lists again. */
    @Override
    public AutoCloseable follow(Pods told) {
      Thread thread = new Thread(() -> listAndWatch(told), "naive-informer");
      thread.setDaemon(true);
      thread.start();
      return thread::interrupt;
    }

    private void listAndWatch(Pods told) {
      while (!Thread.currentThread().isInterrupted()) {
        OkHttpClient mine = http;
        try {
          JsonNode list = JSON.readTree(get(call(mine, endpoint())));
          list.path("items").forEach(pod -> told.added(name(pod)));
          HttpUrl url =
              endpoint()
                  .newBuilder()
                  .addQueryParameter("watch", "true")
                  .addQueryParameter(
                      "resourceVersion", list.path("metadata").path("resourceVersion").asText())
                  .build();
          watch = call(mine, url);
          if (mine == http) {
            get(watch);
          }
        } catch (IOException e) {
          LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
      }
    }

    private static Call call(OkHttpClient client, HttpUrl url) {
      return client.newCall(new Request.Builder().url(url).build());
    }

    private static String get(Call call) throws IOException {
      try (Response answer = call.execute();
          ResponseBody body = answer.body()) {
        return body.string();
      }
    }

    private static String name(JsonNode pod) {
      return pod.path("metadata").path("name").asText();
    }

    @Override
    public AutoCloseable exec(Runnable ended) {
      throw new UnsupportedOperationException("reads and watches only");
    }
  }

  /** Always the newest certificate, in a context that stays. */
  private static final class Swapped extends X509ExtendedKeyManager {

    private final Supplier<Credential> credential;

    Swapped(Supplier<Credential> credential) {
      this.credential = credential;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {"bot"};
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return "bot";
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {credential.get().certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return credential.get().exposePrivateKey();
    }
  }
}
