package io.machineid.benchmarks;

import io.machineid.Bot;
import io.machineid.join.JoinMethod;
import io.machineid.testkit.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A fake cluster with one Kubernetes cluster, and as many bots as there are measurements. */
public final class Fake implements AutoCloseable {

  static final String KUBERNETES_CLUSTER = "example-k8s-cluster";

  private static final String ROLE = "example-role";
  private static final String ROLE_YAML =
      """
      kind: role
      version: v7
      metadata:
        name: %s
      spec:
        allow:
          kubernetes_labels: {'*': '*'}
          kubernetes_groups: [editor]
          kubernetes_resources:
          - {kind: '*', namespace: '*', name: '*', verbs: ['*']}
      """
          .formatted(ROLE);

  private final TestCluster cluster;
  private final AtomicInteger bots = new AtomicInteger();

  Fake() {
    cluster =
        TestCluster.builder().authPort().kubernetesCluster(KUBERNETES_CLUSTER, Map.of()).start();
    cluster.createRole(ROLE_YAML);
  }

  TestCluster cluster() {
    return cluster;
  }

  /** A token that nobody has used, of a bot that nobody has been. */
  String newToken() {
    return cluster.addBot("bench-" + bots.incrementAndGet(), ROLE).token();
  }

  /** How a bot reaches the cluster. */
  public enum Route {
    /** Through the proxy. */
    PROXY,
    /** To the auth service's own port, known by its CA pin. */
    AUTH
  }

  Bot start(Route route, String token) {
    Bot.Builder builder =
        Bot.builder().webRoots(List.of(cluster.webAuthority())).join(JoinMethod.token(token));
    return (route == Route.PROXY
            ? builder.proxy(cluster.proxyAddress())
            : builder.authServer(cluster.authAddress()).caPins(cluster.caPins()))
        .start(Duration.ofSeconds(30));
  }

  /** The configuration of a new bot that keeps all it writes below a directory. */
  String configuration(Path directory, int outputs) {
    StringBuilder yaml =
        new StringBuilder(
            """
            version: v2
            proxy_server: %s
            onboarding:
              join_method: token
              token: %s
            storage:
              type: directory
              path: %s
            outputs:
            """
                .formatted(cluster.proxyAddress(), newToken(), directory.resolve("bot")));
    for (int i = 1; i <= outputs; i++) {
      yaml.append(
          """
          - type: kubernetes
            kubernetes_cluster: %s
            destination:
              type: directory
              path: %s
          """
              .formatted(KUBERNETES_CLUSTER, directory.resolve(Setting.OUTPUT + "/" + i)));
    }
    return yaml.toString();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
