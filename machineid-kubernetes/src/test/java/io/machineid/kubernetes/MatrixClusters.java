package io.machineid.kubernetes;

import io.machineid.testkit.TestCluster;
import io.machineid.testkit.TestClusterBuilder;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The clusters of one version and suite: one for each set-up, started when it is first used. */
final class MatrixClusters implements AutoCloseable {

  static final String KUBERNETES = "example-k8s-cluster";

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: pod-1, namespace: default}
      spec:
        containers: [{name: main, image: example}]
      """;

  /** How a cluster is set up. */
  enum SetUp {
    ONE_PORT(TestClusterBuilder::authPort),
    SEPARATE_LISTENERS(TestClusterBuilder::separatePorts),
    LOAD_BALANCER(TestClusterBuilder::loadBalancer);

    private final UnaryOperator<TestClusterBuilder> change;

    SetUp(UnaryOperator<TestClusterBuilder> change) {
      this.change = change;
    }
  }

  private final int version;
  private final String suite;
  private final Map<SetUp, TestCluster> started = new EnumMap<>(SetUp.class);

  MatrixClusters(int version, String suite) {
    this.version = version;
    this.suite = suite;
  }

  TestCluster of(SetUp setUp) {
    return started.computeIfAbsent(setUp, this::start);
  }

  private TestCluster start(SetUp setUp) {
    TestCluster teleport =
        setUp
            .change
            .apply(
                TestCluster.builder()
                    .teleportVersion(version)
                    .signatureAlgorithmSuite(suite)
                    .kubernetesCluster(KUBERNETES, Map.of()))
            .start();
    teleport.createFullAccessRole("example-role");
    teleport.kubernetes(KUBERNETES).add(POD);
    return teleport;
  }

  @Override
  public void close() {
    started.values().forEach(TestCluster::close);
  }
}
