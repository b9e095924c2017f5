package io.machineid.cli;

import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

/** What several tests begin with. */
final class Fixtures {

  private Fixtures() {}

  /** An address on loopback that nobody listened at a moment ago. */
  static String freeAddress() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + free.getLocalPort();
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
