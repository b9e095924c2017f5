package io.machineid.benchmarks;

import io.machineid.Bot;
import io.machineid.Credential;
import io.machineid.LiveCredential;
import io.machineid.kubernetes.KubernetesAccess;
import io.machineid.tls.PinnedTls;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
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
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotPath {

  private Fake fake;
  private Bot bot;
  private KubernetesAccess access;
  private LiveCredential credential;
  private SSLContext pinned;
  private String host;

  /** Joins once. */
  @Setup(Level.Trial)
  public void join() {
    fake = new Fake();
    bot = fake.start(Fake.Route.PROXY, fake.newToken());
    access = KubernetesAccess.to(bot, Fake.KUBERNETES_CLUSTER);
    credential = access.credential();
    Credential current = credential.current();
    host = access.endpoint().server().getHost();
    pinned =
        PinnedTls.context(
            access.endpoint().verifiedName(),
            current.exposePrivateKey(),
            current.certificate(),
            current.hostAuthorities());
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

  /** The kubeconfig as text, of a credential that is there. */
  @Benchmark
  public String kubeconfigText() {
    return access.kubeconfig().toYaml();
  }
}
