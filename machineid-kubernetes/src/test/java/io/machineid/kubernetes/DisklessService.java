package io.machineid.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.machineid.Bot;
import io.machineid.destination.Destination;
import io.machineid.destination.MemoryDestination;
import io.machineid.join.JoinMethod;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * A service that uses all of the library, in a process of its own. Arguments: the proxy, its root
 * certificate in base64, a token, a Kubernetes cluster, and {@code write} where it shall do what it
 * should not.
 */
final class DisklessService {

  static final String DONE = "done";

  private DisklessService() {}

  public static void main(String[] args) throws Exception {
    X509Certificate root =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(args[1])));
    try (Bot bot =
        Bot.builder()
            .proxy(args[0])
            .webRoots(List.of(root))
            .join(JoinMethod.token(args[2]))
            .start(Duration.ofMinutes(1))) {
      useOne(bot, args[3]);
      useAll(bot);
    }
    if (args.length > 4) {
      Files.writeString(Path.of("left-behind"), "x");
      Files.createTempFile("left", "behind");
    }
    System.out.println(DONE);
  }

  private static void useOne(Bot bot, String cluster) throws Exception {
    try (KubernetesAccess access = KubernetesAccess.to(bot, cluster);
        KubernetesClient fabric8 = Fabric8.client(access)) {
      int pods = fabric8.pods().inNamespace("default").list().getItems().size();
      int same =
          new CoreV1Api(OfficialClient.client(access))
              .listNamespacedPod("default")
              .execute()
              .getItems()
              .size();
      require(pods == same);
      MemoryDestination memory = Destination.memory();
      KubernetesOutput.of(bot, access).write(memory);
      require(memory.list().contains("kubeconfig.yaml"));
    }
  }

  private static void useAll(Bot bot) throws Exception {
    try (KubernetesFleet fleet =
        KubernetesFleet.builder(bot)
            .commonCredential()
            .select(ClusterSelector.all())
            .open(Duration.ofMinutes(1))) {
      for (FleetCluster each : fleet.clusters()) {
        require(FleetFixture.pods(each) == 200);
      }
      MemoryDestination memory = Destination.memory();
      FleetOutput.of(bot, fleet).write(memory);
      require(memory.list().contains("kubeconfig.yaml"));
    }
  }

  private static void require(boolean right) {
    if (!right) {
      throw new IllegalStateException("not as it should be");
    }
  }
}
