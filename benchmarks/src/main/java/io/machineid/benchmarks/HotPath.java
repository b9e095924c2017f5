package io.machineid.benchmarks;

import io.machineid.Bot;
import io.machineid.Credential;
import io.machineid.LiveCredential;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.tls.PinnedTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
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

/** What a service does over and over, once it has its access. */
@NullUnmarked // JMH calls the set-up before anything else
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotPath {

  private Fake fake;
  private Bot bot;
  private KubernetesAccess access;
  private LiveCredential credential;
  private SSLContext pinned;
  private SSLContext plain;
  private volatile Credential held;
  private String host;

  /** Joins once. */
  @Setup(Level.Trial)
  public void join() {
    fake = new Fake();
    bot = fake.start(Fake.Route.PROXY, fake.newToken());
    access = KubernetesAccess.to(bot, Fake.KUBERNETES_CLUSTER);
    credential = access.credential();
    Credential current = credential.current();
    held = current;
    plain = plain(current);
    host = access.endpoint().server().getHost();
    pinned =
        PinnedTls.context(
            access.endpoint().verifiedName(),
            current.exposePrivateKey(),
            current.certificate(),
            current.hostAuthorities());
  }

  private static SSLContext plain(Credential credential) {
    try {
      KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
      keys.load(null, null);
      keys.setKeyEntry(
          "client",
          credential.exposePrivateKey(),
          new char[0],
          new Certificate[] {credential.certificate()});
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(keys, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keyManagers.getKeyManagers(),
          new TrustManager[] {PinnedTls.trustManager(credential.hostAuthorities())},
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes all. */
  @TearDown(Level.Trial)
  public void close() {
    access.close();
    bot.close();
    fake.close();
  }

  /** The newest credential. */
  @Benchmark
  public Credential currentCredential() {
    return credential.current();
  }

  /** A TLS engine for a new connection, before its handshake. */
  @Benchmark
  public SSLEngine pinnedEngine() {
    return pinned.createSSLEngine(host, access.endpoint().server().getPort());
  }

  /** The same as plain JSSE makes one for that name, certificate and authorities. */
  @Benchmark
  public SSLEngine plainEngine() {
    SSLEngine engine = plain.createSSLEngine(host, access.endpoint().server().getPort());
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(access.endpoint().verifiedName())));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** What every call reads: the newest credential, from a field as a baseline. */
  @Benchmark
  public Credential heldCredential() {
    return held;
  }

  /** The kubeconfig as text, of a credential that is there. */
  @Benchmark
  public String kubeconfigText() {
    return access.kubeconfig().toYaml();
  }
}
