package io.machineid.benchmarks;

import io.machineid.Bot;
import io.machineid.kubernetes.KubernetesAccess;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a join token to the text of a kubeconfig. The cluster is a fake one in the same process, so
 * the server's work is in the number too; see {@link ColdStart} for processes of their own.
 */
@NullUnmarked // JMH calls the set-up before anything else
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class FirstKubeconfig {

  /** How the bot reaches the cluster. */
  @Param public Fake.Route route;

  private Fake fake;
  private String token;

  /** Starts the cluster. */
  @Setup(Level.Trial)
  public void startCluster() {
    fake = new Fake();
  }

  /** Makes a bot that has not joined yet. */
  @Setup(Level.Invocation)
  public void addBot() {
    token = fake.newToken();
  }

  /** Stops the cluster. */
  @TearDown(Level.Trial)
  public void stopCluster() {
    fake.close();
  }

  /** In a process that has done it often. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @Fork(1)
  @Warmup(iterations = 5, time = 3)
  @Measurement(iterations = 5, time = 3)
  public String warm() {
    return kubeconfig();
  }

  /** The first time in a process, which has started the fake cluster but no bot. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Fork(10)
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  public String cold() {
    return kubeconfig();
  }

  private String kubeconfig() {
    try (Bot bot = fake.start(route, token);
        KubernetesAccess access = KubernetesAccess.to(bot, Fake.KUBERNETES_CLUSTER)) {
      return access.kubeconfig().toYaml();
    }
  }
}
