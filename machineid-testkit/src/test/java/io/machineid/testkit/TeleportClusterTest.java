package io.machineid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@TeleportCluster(kubernetesClusters = "example-k8s-cluster", clusterName = "shared.example")
final class TeleportClusterTest {

  private TestCluster before;

  @BeforeEach
  void remember(TestCluster cluster) {
    before = cluster;
  }

  @Test
  void cluster_ofTheClass_isSharedAndConfigured(TestCluster cluster) {
    assertThat(cluster).isSameAs(before);
    assertThat(cluster.clusterName()).isEqualTo("shared.example");
    assertThat(cluster.kubernetes("example-k8s-cluster").names("namespaces", ""))
        .contains("default");
  }

  @Test
  @TeleportCluster(clusterName = "own.example", authPort = true)
  void cluster_ofTheMethod_isItsOwn(TestCluster cluster) {
    assertThat(cluster.clusterName()).isEqualTo("own.example");
    assertThat(cluster.authAddress()).startsWith("localhost:");
  }
}
