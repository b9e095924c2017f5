package io.machineid.cli;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** What several tests begin with. */
final class Fixtures {

  private static final int FIRST_PORT = 20_000;
  private static final int END_OF_PORTS = 32_000;

  private Fixtures() {}

  /**
   * An address on loopback that nobody listened at a moment ago. Its port is below those that
   * systems give to whoever wants any: no connection of another test takes it in the meantime.
   */
  static String freeAddress() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, END_OF_PORTS);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return "127.0.0.1:" + free.getLocalPort();
      } catch (IOException e) {
        // taken
      }
    }
  }

  /** Enrols a Kubernetes cluster that has a ConfigMap named {@code this-is-} and its own name. */
  static void enrol(TestCluster cluster, String name, Map<String, String> labels) {
    cluster.addKubernetesCluster(name, labels);
    cluster
        .kubernetes(name)
        .add(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: this-is-%s, namespace: default}}"
                .formatted(name));
  }
}
