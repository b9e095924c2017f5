package io.machineid.kubernetes;

import static org.awaitility.Awaitility.await;

import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program with a fleet of all clusters, and with nothing else. It prints what it has in use: when
 * the bot has started, when the fleet is open, and when each cluster was asked for its pods; then
 * how many threads there were at most while it asked.
 */
final class FleetProbe {

  private static final Duration LONG = Duration.ofMinutes(5);

  private FleetProbe() {}

  public static void main(String[] args) throws Exception {
    FleetCost bare = FleetCost.now();
    try (Bot bot = bot(args[0], args[1], Path.of(args[2]))) {
      print(bare);
      try (KubernetesFleet fleet =
          KubernetesFleet.builder(bot).select(ClusterSelector.all()).open(LONG)) {
        print(bare);
        AtomicLong peak = new AtomicLong();
        List<FleetOutcome<Integer>> outcomes =
            fleet
                .work(FleetFixture::pods)
                .onProgress(step -> peak.accumulateAndGet(threads(), Math::max))
                .run();
        print(bare);
        System.out.println(peak.get() - bare.threads());
        System.out.println(outcomes.stream().filter(FleetOutcome::succeeded).count());
      }
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().size();
  }

  private static Bot bot(String proxy, String token, Path webAuthority) throws Exception {
    try (InputStream pem = Files.newInputStream(webAuthority)) {
      X509Certificate root =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
      return Bot.builder()
          .proxy(proxy)
          .webRoots(List.of(root))
          .join(JoinMethod.token(token))
          .start(LONG);
    }
  }

  /** Waits for the threads that only wait for more work. */
  private static void print(FleetCost bare) {
    await().atMost(LONG).until(() -> FleetCost.workers() == 0);
    System.out.println(FleetCost.now().since(bare));
  }
}
